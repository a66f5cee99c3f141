"""The order of tasks, which determines text codes and task draws: add new tasks at the end, and remove none.

`(id, arguments, seed)` determine a world. A new task between others would change the text codes of the tasks behind it.
`task="all"` draws from the tasks with which its version began, so that a seed always draws the same task.
"""

from __future__ import annotations

ORDER = (
    "widget/choose_date",
    "widget/choose_list",
    "widget/click_button",
    "widget/click_checkboxes",
    "widget/click_checkboxes_soft",
    "widget/click_collapsible",
    "widget/click_dialog",
    "widget/click_link",
    "widget/click_link_soft",
    "widget/click_menu",
    "widget/click_option",
    "widget/click_scroll_list",
    "widget/click_tab",
    "widget/click_tab_2",
    "widget/click_tab_soft",
    "widget/count_items",
    "widget/enter_password",
    "widget/enter_text",
    "widget/find_greatest",
    "widget/focus_text",
    "widget/form_fill",
    "widget/form_fill_soft",
    "widget/login",
    "widget/login_soft",
    "widget/read_table",
    "widget/search_click_kth",
    "widget/toggle_all_but",
    "widget/use_autocomplete",
    "widget/use_slider",
    "widget/use_spinner",
    "app/bank",
    "app/booking",
    "app/calendar",
    "app/contacts",
    "app/delete_matching_rows",
    "app/files",
    "app/forum",
    "app/mail",
    "app/music",
    "app/notes",
    "app/settings",
    "app/shop",
    "phone/copy_setting",
    "phone/list_to_cart",
    "phone/mail_to_calendar",
    "phone/momentary_toggles",
    "phone/note_to_form",
    "phone/one_time_code",
    "phone/price_compare",
    "phone/receipts_to_expenses",
    "phone/search_absent",
    "phone/search_pages",
)
# Tasks added since version 1 of the three ids: `task="all"` leaves them out until the next version.
NEW: frozenset[str] = frozenset()
