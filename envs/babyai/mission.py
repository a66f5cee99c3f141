"""The sentences of the BabyAI language, and the numbers (`words`) that stand for them in the record."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..grid.cells import COLORS
from .words import AFTER, BEFORE, GO_TO, MISSION, NONE, OPEN, PICK, PUT_NEXT, SINGLE, TYPES, WORDS

MAX_LENGTH = 400  # characters; four "put ... next to ..." with all their adjectives take 371
_PLACES = ("", " on your left", " on your right", " in front of you", " behind you")
_JOINTS = {BEFORE: ", then ", AFTER: " after you "}
_THING = re.compile(
    rf"(?P<article>a|the)(?: (?P<color>{'|'.join(COLORS)}))? (?P<type>{'|'.join(TYPES)})"
    rf"(?P<place>{'|'.join(_PLACES[1:])})?"
)
_CLAUSES = {
    GO_TO: re.compile(r"go to (.+)"),
    PICK: re.compile(r"pick up (.+)"),
    OPEN: re.compile(r"open (.+)"),
    PUT_NEXT: re.compile(r"put (.+) next to (.+)"),
}


def sentence(words: NDArray[np.uint8]) -> str:
    """The sentence of a mission, uint8 (37,), as Minigrid writes it."""
    return _sentence(words.tobytes())


def sentences(words: NDArray[np.uint8]) -> list[str]:
    """The sentences of many missions, uint8 (n, 37)."""
    data = words.tobytes()
    return [_sentence(data[at : at + MISSION]) for at in range(0, len(data), MISSION)]


@lru_cache(1 << 16)
def _sentence(words: bytes) -> str:
    parts = [
        " and ".join(_clause(words[at : at + WORDS]) for at in (first, first + WORDS) if words[at] != NONE)
        for first in (1, 1 + 2 * WORDS)
    ]
    return parts[0] if words[0] == SINGLE else _JOINTS[words[0]].join(parts)


def _clause(words: bytes) -> str:
    first, second = _description(words[1:5]), _description(words[5:9])
    match words[0]:
        case 1:
            return f"go to {first}"
        case 2:
            return f"pick up {first}"
        case 3:
            return f"open {first}"
    return f"put {first} next to {second}"


def _description(words: bytes) -> str:
    kind, color, place, many = words
    adjective = f"{COLORS[color - 1]} " if color else ""
    return f"{'a' if many else 'the'} {adjective}{TYPES[kind]}{_PLACES[place]}"


def parse(text: str) -> NDArray[np.uint8]:
    """The words of a sentence, uint8 (37,). `ValueError` names the piece that is not part of the language."""
    words = np.zeros(MISSION, np.uint8)
    parts = [text]
    for order, joint in _JOINTS.items():
        if joint in text:
            words[0], parts = order, text.split(joint)
            break
    if len(parts) > 2:
        raise ValueError(f"mission: {text!r}: found {len(parts)} parts in sequence, expected at most two")
    for first, part in zip((1, 1 + 2 * WORDS), parts, strict=False):
        clauses = part.split(" and ")
        if len(clauses) > 2:
            raise ValueError(f"mission: {text!r}: found {len(clauses)} clauses in {part!r}, expected at most two")
        for i, clause in enumerate(clauses):
            words[first + i * WORDS : first + (i + 1) * WORDS] = _parse_clause(clause, text)
    return words


def _parse_clause(clause: str, text: str) -> list[int]:
    for kind, pattern in _CLAUSES.items():
        if match := pattern.fullmatch(clause):
            described = [_parse_description(piece, text) for piece in match.groups()]
            kinds = [words[0] for words in described]
            if kind == OPEN and kinds[0] != TYPES.index("door"):
                raise ValueError(f"mission: {text!r}: only doors can be opened, found {match[1]!r}")
            if kind in (PICK, PUT_NEXT) and kinds[0] == TYPES.index("door"):
                raise ValueError(f"mission: {text!r}: doors cannot be picked up, found {match[1]!r}")
            return [kind, *described[0], *(described[1] if len(described) > 1 else [0] * 4)]
    raise ValueError(
        f"mission: {text!r}: found {clause!r}, expected 'go to ...', 'pick up ...', 'open ...' or 'put ... next to ...'"
    )


def _parse_description(piece: str, text: str) -> list[int]:
    match = _THING.fullmatch(piece)
    if not match:
        raise ValueError(
            f"mission: {text!r}: found {piece!r}, expected for example 'the red ball' or 'a box behind you'"
        )
    color = COLORS.index(match["color"]) + 1 if match["color"] else 0
    return [TYPES.index(match["type"]), color, _PLACES.index(match["place"] or ""), match["article"] == "a"]
