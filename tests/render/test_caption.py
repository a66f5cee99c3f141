import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.render import CAPTION_HEIGHT, blank, captioned, centred, fitted, palette
from ige.render.text import _shortened


@given(st.text("ab ,.\n", max_size=500), st.integers(20, 300))
def test_a_caption_has_one_height_and_leaves_the_picture(text, width):
    picture = np.random.default_rng(0).integers(0, 256, (30, width, 3), np.uint8)
    frame = captioned(picture, text)
    assert frame.shape == (30 + CAPTION_HEIGHT, width, 3)
    assert frame.dtype == np.uint8
    np.testing.assert_array_equal(frame[:30], picture)
    strip = frame[30:]
    assert (strip[[0, -1]] == palette.INK).all()
    assert (strip[:, [0, -1]] == palette.INK).all(), "the letters keep off the edges"
    assert (strip == palette.WHITE).all(2).any() or not text.strip()


def letters(text, width=256):
    """The ink of the caption of a text."""
    return int((captioned(blank(1, width), text)[1:] == palette.WHITE).all(2).sum())


def test_letters_are_as_large_as_fits():
    assert letters("a" * 20) == 4 * letters("a " * 50) // 50 * 20, "twice as wide and high"
    assert letters("a " * 20) == 4 * letters("a " * 50) // 50 * 20, "in two lines"
    assert letters("a" * 21) == letters("a " * 50) // 50 * 21, "a word is not broken for large letters"


def test_text_fitted_into_a_box():
    assert fitted("Kitchen", 44, 200, 3) == (["Kitchen"], 3)
    assert fitted("Kitchen", 44, 100, 3) == (["Kitchen"], 2)
    assert fitted("Old Kitchen", 44, 100, 3) == (["Old", "Kitchen"], 2)
    assert fitted("Kitchen", 44, 20, 3) == (["Kit", "che", "n"], 1)
    assert fitted("one two three four", 11, 54, 1) == (["one..."], 1)


def test_what_is_too_long_ends_in_dots():
    long = "go to the red ball and " * 20
    assert (captioned(blank(1, 256), long) == captioned(blank(1, 256), long + "then rest")).all()
    assert letters(long[:150]) < letters(long)


@pytest.mark.parametrize(
    ("line", "columns", "expected"),
    [("go to the ball", 14, "go to the..."), ("goes, on", 12, "goes, on..."), ("abcdef", 6, "abc..."), ("a", 2, "..")],
)
def test_shortened_at_a_blank(line, columns, expected):
    assert _shortened(line, columns) == expected


def test_centred_in_a_larger_frame():
    small = np.full((2, 3, 3), 7, np.uint8)
    frame = centred(small, 4, 7)
    assert frame.shape == (4, 7, 3)
    np.testing.assert_array_equal(frame[1:3, 2:5], small)
    assert (frame == 7).all(2).sum() == 6
    assert centred(small, 2, 2) is small
    assert centred(small, 1, 5).shape == (2, 5, 3)
