"""Apps that templates build on: each is a function that lays its pages out and returns its variables.

`app(b, page)` uses the pages from that number on (`PAGES` in the same module says how many). On the screen it needs
only the bar at the top and the part that scrolls, so that a phone can put several apps behind its home screen. The
content of an app is in lists of variables: a template may draw them on reset, compare them with the wanted values
(`EQ_VARS`), or protect them.
"""
