import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.render import CELL_HEIGHT, CELL_WIDTH, blank, draw_text, glyphs, palette, text_grid, wrap
from ige.render.glyphs import REPLACEMENT, bitmap, characters

ASCII = "".join(map(chr, range(32, 127)))


def test_every_ascii_character_has_a_glyph_of_its_own():
    assert set(ASCII) <= set(characters())
    pictures = {character: bitmap(character).tobytes() for character in ASCII}
    assert len(set(pictures.values())) == len(ASCII)
    assert [character for character in characters() if not bitmap(character).any()] == [" "]


def test_letters_and_digits_leave_a_gap():
    for character in string.ascii_letters + string.digits:
        assert not bitmap(character)[:, -1].any(), character
        assert not bitmap(character)[:2].any(), character


@given(st.characters().filter(lambda character: character not in characters() and character != "\n"))
def test_an_unknown_character_is_a_visible_box(character):
    np.testing.assert_array_equal(bitmap(character), bitmap(REPLACEMENT))
    assert bitmap(REPLACEMENT).any()


@given(st.lists(st.text(ASCII + "→█é", max_size=9), min_size=1, max_size=4))
def test_a_bitmap_is_its_glyphs_in_a_grid(lines):
    picture = bitmap("\n".join(lines))
    columns = max(map(len, lines))
    assert picture.shape == (len(lines) * CELL_HEIGHT, columns * CELL_WIDTH)
    assert picture.dtype == np.uint8
    for row, line in enumerate(lines):
        for column, character in enumerate(line.ljust(columns)):
            y, x = row * CELL_HEIGHT, column * CELL_WIDTH
            np.testing.assert_array_equal(picture[y : y + CELL_HEIGHT, x : x + CELL_WIDTH], bitmap(character))


@pytest.mark.parametrize(
    ("font", "message"),
    [
        ("About.\n\nA\n" + "......\n" * 10, "expected 11 rows"),
        ("About.\n\nA\n" + "......\n" * 10 + ".....\n", "expected 11 rows of 6"),
        ("About.\n\nA B\n" + "...... ......\n" * 10 + "......\n", "for 'B'"),
        ("About.\n\nA\n" + "......\n" * 10 + "..x...\n", "signs '#' or '.'"),
        ("About.\n\nA A\n" + "...... ......\n" * 11, "found 'A' twice"),
    ],
)
def test_a_broken_font_file_is_told_in_one_line(font, message, tmp_path, monkeypatch):
    path = tmp_path / "font.txt"
    path.write_text(font, encoding="utf-8")
    monkeypatch.setattr(glyphs, "_FONT", path)
    with pytest.raises(ValueError, match=message) as error:
        glyphs._font.__wrapped__()
    assert str(error.value).startswith("font.txt: found")
    assert "\n" not in str(error.value)


@given(st.text(ASCII + "\n", max_size=200), st.integers(1, 30))
def test_wrapped_lines_fit_and_lose_only_blanks(text, columns):
    lines = wrap(text, columns)
    assert all(len(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    whole = [word for word in text.split() if len(word) <= columns]
    assert set(whole) <= {word for line in lines for word in line.split()}


def test_wrap_keeps_empty_lines():
    assert wrap("one two three\n\nfour-five\n", 9) == ["one two", "three", "", "four-five", ""]


def test_text_grid_has_one_shape_and_cuts_off():
    cell = 2 * CELL_HEIGHT, 2 * CELL_WIDTH
    shape = (3 * cell[0] + 16, 5 * cell[1] + 16, 3)
    full = text_grid(["█" * 9] * 9, rows=3, columns=5)
    assert full.shape == text_grid([], rows=3, columns=5).shape == shape
    border = full.copy()
    border[8:-8, 8:-8] = palette.BACKGROUND
    np.testing.assert_array_equal(border, blank(*shape[:2]))
    assert (full[8:-8, 8:-8] == palette.INK).all()


@given(st.lists(st.text(ASCII, max_size=9), max_size=4), st.integers(1, 3), st.integers(0, 5))
def test_text_grid_takes_what_it_needs_and_colours_lines(lines, scale, margin):
    colors = palette.CATEGORIES[: len(lines)]
    frame = text_grid(lines, colors=colors, background=palette.WHITE, scale=scale, margin=margin)
    height, width = len(lines) * CELL_HEIGHT * scale, max(map(len, lines), default=0) * CELL_WIDTH * scale
    expected = blank(height + 2 * margin, width + 2 * margin, palette.WHITE)
    for row, (line, color) in enumerate(zip(lines, colors, strict=True)):
        draw_text(expected, margin + row * CELL_HEIGHT * scale, margin, line, color, scale)
    np.testing.assert_array_equal(frame, expected)


def test_text_grid_wants_one_colour_per_line():
    with pytest.raises(ValueError, match="colors: found 1, expected one for each of the 2 lines"):
        text_grid(["a", "b"], colors=[palette.INK])
