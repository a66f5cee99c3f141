"""Parse the option that a language model chose from its answer."""

from __future__ import annotations

import json
import re
from typing import Any

from .base import Choice

_ANSWER_KEYS = ("choice", "index")
_ANSWER_KEY = re.compile(r"""["'](?:choice|index)["']\s*:""", re.IGNORECASE)
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")


class _Object(tuple[tuple[str, Any], ...]):
    """A JSON object as its (key, value) pairs: a dict would hide that a key was given twice."""


# Not strict: language models put raw line breaks into JSON strings.
_DECODER = json.JSONDecoder(object_pairs_hook=_Object, strict=False)


def parse_choice(text: str, size: int) -> Choice:
    """Read the index of one of `size` options from a model's answer; never raises.

    Accepted: a JSON object `{"thought": "...", "choice": 3}` ("index" is the same as "choice"), alone, in a code fence
    or with prose around it; or a bare integer. Anything else, including an answer out of range and two different
    answers, gives index None and the problem in one line. A reasoning model's text up to `</think>` is skipped.
    """
    text = text.rpartition("</think>")[2]
    if text.lstrip().startswith("<think>"):
        return Choice(None, f"found an unfinished thought: {_short(text)}")
    objects, rest = _split_objects(text)
    pairs = [(key.lower(), value) for found in objects for key, value in found]
    thoughts = [_clean(value) for key, value in pairs if key == "thought" and isinstance(value, str)]
    thought = thoughts[-1] if thoughts else None
    answers = [value for key, value in pairs if key in _ANSWER_KEYS]
    # An answer key outside the objects means a broken object, and a whole one may then be a part of it, such as a
    # quotation in its thought: taking that for the answer would be a silent success.
    if _ANSWER_KEY.search(rest):
        return Choice(None, f"found malformed JSON: {_short(text)}", thought)
    if not answers:
        bare = text.replace("```", " ").strip(" \t\r\n`*")
        if not _INTEGER.fullmatch(bare):
            return Choice(None, f'found no choice, expected {{"choice": number}}: {_short(text)}', thought)
        answers = [bare]
    indices = [_as_index(value) for value in answers]
    for value, index in zip(answers, indices, strict=True):
        if index is None:
            return Choice(None, f"choice: found {_short(value)}, expected an integer", thought)
        if not 0 <= index < size:
            return Choice(None, f"choice: found {_short(value)}, expected 0 to {size - 1}", thought)
    if len(set(indices)) > 1:
        return Choice(None, f"choice: found {len(set(indices))} different answers, expected one", thought)
    return Choice(indices[0], thought=thought)


def _split_objects(text: str) -> tuple[list[_Object], str]:
    """The outermost JSON objects in the text, and the text without them."""
    objects: list[_Object] = []
    rest: list[str] = []
    position = 0
    while (start := text.find("{", position)) >= 0:
        try:
            found, end = _DECODER.raw_decode(text, start)
        except RecursionError:
            break  # no answer nests so deep, and trying again one brace further would take minutes
        except ValueError:
            end = start + 1
            rest.append(text[position:end])
        else:
            objects.append(found)
            rest.append(text[position:start])
        position = end
    rest.append(text[position:])
    return objects, "".join(rest)


def _as_index(value: Any) -> int | None:
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _clean(text: str) -> str:
    # JSON escapes can spell half a surrogate pair, which no file or request could hold.
    return text.encode("utf-8", "replace").decode("utf-8")


def _short(value: Any) -> str:
    shown = ascii(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."
