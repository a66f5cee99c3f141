"""Screens as pictures: rectangles and letters painted from the rows of a table of widgets; compiled.

A pixel shows the logical pixel at its upper left corner, so a click on a point hits what the image shows there.
"""

from __future__ import annotations

import numpy as np

from ...render import glyphs as font
from ..core.inner import inner
from . import words
from .kernel import ROWS
from .palettes import ACCENT, BAR, BORDER, BUTTON, CHOSEN, FIELD, INK, PAGE, PALE, PANEL
from .program import (
    BUTTON as A_BUTTON,
)
from .program import (
    CHECKBOX,
    DATE_CELL,
    DIALOG,
    DROPDOWN,
    HEIGHT,
    ICON,
    LABEL,
    LINK,
    PASSWORD,
    RADIO,
    SLIDER,
    TAB,
    TEXTFIELD,
    TOGGLE,
    WIDTH,
)
from .words import DATE, DAYS, NUMBER, PRICE, TIME

LONGEST = 48  # maximum letters painted of a text
_NUMBER_OF = {character: k + 1 for k, character in enumerate(font.characters())}  # 0: no letter


def _spell(texts: list[str]) -> np.ndarray:
    rows = np.zeros((len(texts), LONGEST), np.int16)
    for row, text in zip(rows, texts, strict=True):
        rest = [_NUMBER_OF.get(character, _NUMBER_OF[font.REPLACEMENT]) for character in text[:LONGEST]]
        row[: len(rest)] = rest
    return rows


def letters() -> np.ndarray:
    """The letters of all known texts, by code: glyph numbers + 1, int16 (n, 48)."""
    return _spell(words.texts())


def glyphs(factor: int) -> np.ndarray:
    """The glyphs at `factor` logical pixels per pixel, uint8 (n, height, width)."""
    atlas = np.stack([font.bitmap(character) for character in font.characters()])
    if factor == 1:
        return np.ascontiguousarray(atlas.repeat(2, 1).repeat(2, 2))
    if factor == 2:
        return atlas
    padded = np.pad(atlas, ((0, 0), (0, 1), (0, 0)))  # too small to read: a blurred letter
    n, height, width = padded.shape
    return np.ascontiguousarray(padded.reshape(n, height // 2, 2, width // 2, 2).max((2, 4)))


MONTHS = _spell([f" {month}" for month in words.MONTHS])
DIGIT = _NUMBER_OF["0"]  # the other digits follow it
DOLLAR, COLON, DOT, DOWN, CHECK = (_NUMBER_OF[one] for one in "$:•↓✓")


@inner
def digit(n, i):
    """The i-th digit of a number from the left, as a letter; 0 after the last."""
    length, power = 1, 1
    while n >= power * 10:
        length, power = length + 1, power * 10
    if i >= length:
        return 0
    for _ in range(i):
        power //= 10
    return DIGIT + n // power % 10


@inner
def letter(code, i, letters):
    """The i-th letter of a text; 0 after the last."""
    if i >= LONGEST:
        return 0
    if code < NUMBER:
        return int(letters[code, i]) if 0 <= code < letters.shape[0] else 0
    if code < PRICE:
        return digit(code - NUMBER, i)
    if code < DATE:
        return DOLLAR if i == 0 else digit(code - PRICE, i - 1)
    if code < TIME:
        day = (code - DATE) % DAYS + 1
        length = 1 if day < 10 else 2
        return digit(day, i) if i < length else int(MONTHS[(code - DATE) // DAYS % 12, i - length])
    minutes = (code - TIME) * 5
    if i == 2:
        return COLON
    pair = minutes // 60 % 24 if i < 2 else minutes % 60
    if i > 4:
        return 0
    return DIGIT + (pair // 10 if i == 0 or i == 3 else pair % 10)


@inner
def fill(image, x, y, right, lower, color):
    """Fill a rectangle of pixels, clipped at the image's edges."""
    x, y = max(x, 0), max(y, 0)
    right, lower = min(right, image.shape[1]), min(lower, image.shape[0])
    r, g, b = color[0], color[1], color[2]
    for row in range(y, lower):
        for column in range(x, right):
            image[row, column, 0] = r
            image[row, column, 1] = g
            image[row, column, 2] = b


@inner
def frame(image, x, y, right, lower, color, wide):
    fill(image, x, y, right, min(y + wide, lower), color)
    fill(image, x, max(lower - wide, y), right, lower, color)
    fill(image, x, y, min(x + wide, right), lower, color)
    fill(image, max(right - wide, x), y, right, lower, color)


@inner
def length_of(code, letters):
    n = 0
    while letter(code, n, letters):
        n += 1
    return n


@inner
def write(image, x, y, right, lower, code, letters, glyphs, color, centred, hidden):
    """Write a text in a box: as many lines as fit, the rest is cut off. `hidden`: dots instead of letters."""
    tall, wide = glyphs.shape[1], glyphs.shape[2]
    n = length_of(code, letters)
    columns = (right - x) // wide
    if n == 0 or columns < 1:
        return
    lines = min((n + columns - 1) // columns, max((lower - y) // tall, 1))
    top = y + max((lower - y - lines * tall) // 2, 0)
    for i in range(min(n, lines * columns)):
        line, place = i // columns, i % columns
        here = min(n - line * columns, columns)
        left = x + ((right - x - here * wide) // 2 if centred else 0) + place * wide
        stamp(image, left, top + line * tall, lower, DOT if hidden else letter(code, i, letters), glyphs, color)


@inner
def stamp(image, x, y, lower, which, glyphs, color):
    r, g, b = color[0], color[1], color[2]
    glyph = glyphs[which - 1]
    for row in range(max(-y, 0), min(glyph.shape[0], lower - y, image.shape[0] - y)):
        for column in range(max(-x, 0), min(glyph.shape[1], image.shape[1] - x)):
            if glyph[row, column]:
                image[y + row, x + column, 0] = r
                image[y + row, x + column, 1] = g
                image[y + row, x + column, 2] = b


@inner
def paint(table, letters, glyphs, colors, image):
    """Paint the whole screen, higher widgets over lower ones."""
    fill(image, 0, 0, image.shape[1], image.shape[0], colors[PAGE])
    z = -32768
    while True:
        following = 32767
        for row in range(ROWS):
            if table[row, 0] == 0:
                break
            if table[row, 11] == z:
                widget(table[row], letters, glyphs, colors, image)
            elif z < table[row, 11] < following:
                following = table[row, 11]
        if following == 32767:
            return
        z = following


@inner
def widget(row, letters, glyphs, colors, image):
    factor = HEIGHT // image.shape[0]
    x, y = (row[3] + factor - 1) // factor, (row[4] + factor - 1) // factor
    right, lower = (row[3] + row[5] + factor - 1) // factor, (row[4] + row[6] + factor - 1) // factor
    kind, text, value, flags = row[1], int(row[7]), int(row[8]), row[9]
    chosen, focused = flags & 8 > 0, flags & 16 > 0
    pad, wide = max(8 // factor, 1), max(2 // factor, 1)
    ink = colors[INK]
    if kind == LABEL:
        is_bar = row[4] == 0
        ground = BAR if is_bar else PAGE if row[11] == 0 else PANEL
        fill(image, x, y, right, lower, colors[ground])
        write(image, x + pad * is_bar, y, right, lower, text, letters, glyphs, ink, False, False)
        return
    if kind == DIALOG:
        everywhere = row[5] == WIDTH and row[6] == HEIGHT  # the overlay that keeps clicks from the page
        fill(image, x, y, right, lower, colors[PALE if everywhere else PANEL])
        if not everywhere:
            frame(image, x, y, right, lower, colors[BORDER], wide)
        write(image, x + pad, y, right - pad, lower, text, letters, glyphs, ink, True, False)
        return
    if kind == LINK:
        fill(image, x, y, right, lower, colors[PAGE])
        write(image, x, y, right, lower, text, letters, glyphs, colors[ACCENT], False, False)
        fill(image, x, lower - wide, right, lower, colors[ACCENT])
        return
    entry = kind == TEXTFIELD or kind == PASSWORD or kind == DROPDOWN or kind == SLIDER
    pressed = kind == A_BUTTON or kind == ICON or kind == TAB or kind == DATE_CELL
    boxed = kind == CHECKBOX or kind == RADIO or kind == TOGGLE
    ground = FIELD if entry else CHOSEN if chosen and not boxed else BUTTON if pressed else PANEL
    fill(image, x, y, right, lower, colors[ground])
    if kind == SLIDER:
        slide(row, x, y, right, lower, wide, colors, image)
        write(image, x + pad, y, right, (y + lower) // 2, value, letters, glyphs, ink, True, False)
    elif entry:
        code = value if value != 0 else text
        hidden = kind == PASSWORD and value != 0
        shade = ink if value != 0 else colors[PALE]
        write(image, x + pad, y, right - pad, lower, code, letters, glyphs, shade, False, hidden)
        if kind == DROPDOWN:
            arrow = right - glyphs.shape[2] - wide
            stamp(image, arrow, y + max((lower - y - glyphs.shape[1]) // 2, 0), lower, DOWN, glyphs, colors[ACCENT])
    elif boxed:
        side = min(24 // factor, lower - y)
        left, top = x + pad, y + (lower - y - side) // 2
        across = side * 2 if kind == TOGGLE else side
        if kind == TOGGLE:
            fill(image, left, top, left + across, top + side, colors[ACCENT if chosen else FIELD])
            at = left + across - side if chosen else left
            fill(image, at + wide, top + wide, at + side - wide, top + side - wide, colors[PALE])
        else:
            fill(image, left, top, left + across, top + side, colors[FIELD])
            if chosen:
                inset = side // 4
                fill(image, left + inset, top + inset, left + side - inset, top + side - inset, colors[ACCENT])
        frame(image, left, top, left + across, top + side, colors[BORDER if kind != RADIO else PALE], wide)
        write(image, left + across + pad, y, right, lower, text, letters, glyphs, ink, False, False)
    else:
        write(image, x + pad * (not pressed), y, right, lower, text, letters, glyphs, ink, pressed, False)
    frame(image, x, y, right, lower, colors[ACCENT if focused else BORDER], 2 * wide if focused else wide)


@inner
def slide(row, x, y, right, lower, wide, colors, image):
    """Paint a slider's track and its knob, in the middle of the part that stands for its number."""
    low, high = int(row[12]), int(row[13])
    middle = (y + 3 * lower) // 4
    fill(image, x, max(middle - wide, y), right, min(middle + wide, lower), colors[PALE])
    place = int(row[8]) - NUMBER - low
    at = x + (2 * place + 1) * (right - x) // (2 * (high - low + 1))
    left, end = max(at - 3 * wide, x), min(at + 3 * wide, right)
    fill(image, left, max(middle - 4 * wide, y), end, min(middle + 4 * wide, lower), colors[ACCENT])
