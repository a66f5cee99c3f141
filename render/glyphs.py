"""The bitmap font: `font.txt` read once into an atlas of glyphs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CELL_HEIGHT = 11
CELL_WIDTH = 6
REPLACEMENT = "\ufffd"

_FONT = Path(__file__).with_name("font.txt")


@cache
def _font() -> tuple[dict[str, int], NDArray[np.uint8]]:
    """The row of each character in the atlas, and the atlas, read-only uint8[glyphs, CELL_HEIGHT, CELL_WIDTH]."""
    cells: dict[str, NDArray[np.uint8]] = {" ": np.zeros((CELL_HEIGHT, CELL_WIDTH), np.uint8)}
    _, *bands = _FONT.read_text(encoding="utf-8").strip().split("\n\n")
    for band in bands:
        header, *pictures = band.splitlines()
        rows = [line.split() for line in pictures]
        for column, character in enumerate(header.split()):
            picture = [row[column] for row in rows if column < len(row)]
            if len(picture) != CELL_HEIGHT or any(len(row) != CELL_WIDTH or row.strip("#.") for row in picture):
                raise ValueError(
                    f"{_FONT.name}: found {picture} for {character!r}, "
                    f"expected {CELL_HEIGHT} rows of {CELL_WIDTH} signs '#' or '.'"
                )
            if character in cells:
                raise ValueError(f"{_FONT.name}: found {character!r} twice, expected each character once")
            cells[character] = np.array([[sign == "#" for sign in row] for row in picture], np.uint8)
    atlas = np.stack(list(cells.values()))
    atlas.flags.writeable = False
    return {character: row for row, character in enumerate(cells)}, atlas


def characters() -> str:
    """The characters that have a glyph, in the order of the atlas."""
    return "".join(_font()[0])


def bitmap(text: str) -> NDArray[np.uint8]:
    """The ink of `text`, uint8[lines * CELL_HEIGHT, longest line * CELL_WIDTH]; 1 is ink.

    Lines end at newlines. A character without a glyph becomes the visible replacement box.
    """
    rows, glyphs = _font()
    lines = text.split("\n")
    columns = max(map(len, lines))
    index = [[rows.get(character, rows[REPLACEMENT]) for character in line.ljust(columns)] for line in lines]
    cells = glyphs[np.array(index, np.intp).reshape(len(lines), columns)]
    return cells.swapaxes(1, 2).reshape(len(lines) * CELL_HEIGHT, columns * CELL_WIDTH)
