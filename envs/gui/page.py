"""Docstrings as pages: an environment's own sections, and the sections that its family shares."""

from __future__ import annotations

import inspect
import re

_TITLE = re.compile(r"^## (.*)\n", re.MULTILINE)


def sections(doc: str) -> dict[str, str]:
    """The sections of a docstring by title, in order; the text before them has the key ""."""
    first, *rest = _TITLE.split(inspect.cleandoc(doc) + "\n")
    return {"": first, **dict(zip(rest[::2], rest[1::2], strict=True))}


def page(own: str, shared: str, **names: str) -> str:
    """The shared sections in order, replaced by a docstring's own; {names} are filled in where text may be copied."""
    found = {**sections(shared), **sections(own)}
    for title in ("Arguments", "Training"):
        for name, value in names.items():
            found[title] = found[title].replace(f"{{{name}}}", value)
    return found.pop("") + "".join(f"## {title}\n{body.rstrip()}\n\n" for title, body in found.items())
