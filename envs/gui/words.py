"""Texts as numbers: a code for each text that a screen can show, and back. Codes are int16.

0 is no text. Words and phrases are numbered in order of appearance; numbers, prices, dates and times have their own
ranges.
"""

from __future__ import annotations

NUMBER, PRICE, DATE, TIME = 10_000, 20_000, 30_000, 31_000  # first codes of their ranges
NUMBERS = 10_000  # size of each of the first two ranges
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = 31  # of every month, in codes
_texts: list[str] = [""]
_codes: dict[str, int] = {"": 0}
_typed: dict[str, int] = {}  # the same codes by normalised text


def code(text: str) -> int:
    """The code of a word or phrase; a new one for a new text."""
    if text not in _codes:
        if len(_texts) >= NUMBER:
            raise ValueError(f"text: {text!r}: there are {NUMBER} texts already")
        _codes[text] = len(_texts)
        _typed.setdefault(_plain(text), len(_texts))
        _texts.append(text)
    return _codes[text]


def pool(*texts: str) -> tuple[int, int]:
    """Give texts consecutive codes: returns the first code and their number. None of them may have a code yet."""
    for text in texts:
        if text in _codes:
            raise ValueError(f"text: {text!r} has a code already, expected new texts in a pool")
    first = len(_texts)
    for text in texts:
        code(text)
    return first, len(texts)


def texts() -> list[str]:
    """All words and phrases by their codes."""
    return list(_texts)


def number(n: int) -> int:
    """The code of a number, 0 to 9,999."""
    return NUMBER + n


def text(code: int) -> str:
    """The text of a code."""
    if code < NUMBER:
        return _texts[code] if 0 <= code < len(_texts) else ""
    if code < PRICE:
        return str(code - NUMBER)
    if code < DATE:
        return f"${code - PRICE}"
    if code < TIME:
        return f"{(code - DATE) % DAYS + 1} {MONTHS[(code - DATE) // DAYS % 12]}"
    minutes = (code - TIME) * 5
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def known(text: str) -> int | None:
    """The code of a typed text, ignoring spacing and case; None if no screen could show it."""
    plain = _plain(text)
    if plain.isdecimal() and int(plain) < NUMBERS:
        return number(int(plain))
    if plain.startswith("$") and plain[1:].isdecimal() and int(plain[1:]) < NUMBERS:
        return PRICE + int(plain[1:])
    day, _, month = plain.partition(" ")
    if day.isdecimal() and month.capitalize() in MONTHS and 1 <= int(day) <= DAYS:
        return DATE + MONTHS.index(month.capitalize()) * DAYS + int(day) - 1
    hours, _, minutes = plain.partition(":")
    if hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60 and int(minutes) % 5 == 0:
        return TIME + (int(hours) * 60 + int(minutes)) // 5
    return _typed.get(plain)
