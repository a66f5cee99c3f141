"""A task of screens with markup wherever a text can be."""

from __future__ import annotations

from typing import Any

import numpy as np

from ige.envs.gui import layout, words
from ige.envs.gui.ops import SET
from ige.envs.gui.program import EQ_VAR, ICON, SLIDER, Builder, Text

MARKUP = (
    "<img src=x onerror='window.hacked=1'>", "</script><script>window.hacked=1</script>", "<!-- <script>",
    "\" onmouseover=\"window.hacked=1", "&lt;b&gt;bold&lt;/b&gt; \u2028", "javascript:window.hacked=1", "{{7*7}}${7*7}",
)  # fmt: skip


def nasty(env: Any) -> Any:
    """An environment of screens, turned to that task."""
    b = Builder("nasty")
    codes = [words.code(text) for text in MARKUP]
    typed, wanted, level = b.var("typed", codes[0]), b.var("wanted", codes[1]), b.var("level", 1)
    layout.title(b, codes[0])
    for k, code in enumerate(codes):
        layout.button(b, code, [(SET, typed, code)], k)
    layout.field(b, codes[1], typed, 7)
    b.widget(ICON, 16, 530, 60, 40, Text(wanted), value=typed, do=[(SET, typed, codes[3])])
    b.widget(SLIDER, 100, 530, 200, 40, codes[4], value=level, bounds=(0, 3))
    goals = [f"Do {{wanted}} {k}." for k in range(3)]
    task = b.task(goals, {"wanted": wanted}, [(EQ_VAR, typed, wanted)], lambda hand: hand.complete(), length=3,
                  type=codes)  # fmt: skip
    env.params = env.params._replace(programs=np.array([task.record]))
    env._prepare()
    env.tasks = [task]  # after `_prepare`, which finds tasks by their names
    return env
