import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.render import (
    blank,
    blit,
    draw_circle,
    draw_line,
    draw_rectangle,
    draw_text,
    draw_text_centered,
    measure_text,
    palette,
)

BLACK, WHITE, RED = palette.BLACK, palette.WHITE, (255, 0, 0)
HEIGHT, WIDTH = 40, 50
NOISE = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)

positions = st.integers(-60, 80) | st.integers(-(10**9), 10**9)
points = st.tuples(positions, positions)
quarters = st.integers(-40, 200).map(lambda n: n / 4)
sizes = st.integers(-3, 60) | st.integers(0, 10**9)
colors = st.tuples(*[st.integers(0, 255)] * 3)
texts = st.text(max_size=12) | st.text("AgX█\n", max_size=12)


@st.composite
def drawings(draw):
    """A call of one drawing function at a drawn place, as a function of (frame, rows down, columns right)."""
    (top, left), end = draw(points), draw(points)
    height, width, color, text = draw(sizes), draw(sizes), draw(colors), draw(texts)
    fill, outline = draw(st.none() | colors), draw(st.none() | colors)
    thickness, radius = draw(st.integers(1, 9)), draw(st.just(0) | st.floats(0, 100))
    scale = draw(st.sampled_from([1, 2, 3, 10**6]))
    tile = np.random.default_rng(1).integers(0, 256, (draw(st.integers(0, 60)), draw(st.integers(0, 60)), 3), np.uint8)
    mask = draw(st.sampled_from([None, tile[..., 0] > 127]))
    return draw(
        st.sampled_from(
            [
                lambda f, y, x: draw_rectangle(f, top + y, left + x, height, width, fill, outline, thickness, radius),
                lambda f, y, x: draw_circle(f, top + y, left + x, radius, color, outline, thickness),
                lambda f, y, x: draw_line(f, (top + y, left + x), (end[0] + y, end[1] + x), color, thickness),
                lambda f, y, x: draw_text(f, top + y, left + x, text, color, scale),
                lambda f, y, x: draw_text_centered(f, top + y, left + x, height, width, text, color),
                lambda f, y, x: blit(f, top + y, left + x, tile, mask),
            ]
        )
    )


def ink(frame):
    """How many pixels' worth of black there is on a white frame."""
    return (255 - frame[..., 0].astype(float)).sum() / 255


def extent(frame):
    """(top, left, height, width) of what is not white."""
    rows, columns = np.nonzero((frame != 255).any(2))
    return rows.min(), columns.min(), np.ptp(rows) + 1, np.ptp(columns) + 1


@given(drawings(), st.integers(0, HEIGHT), st.integers(0, HEIGHT), st.integers(0, WIDTH), st.integers(0, WIDTH))
def test_a_slice_of_a_frame_clips_and_changes_nothing_else(draw, top, bottom, left, right):
    clip = np.s_[top:bottom, left:right]
    whole, clipped = NOISE.copy(), NOISE.copy()
    draw(whole, top, left)
    draw(clipped[clip], 0, 0)
    expected = NOISE.copy()
    expected[clip] = whole[clip]
    np.testing.assert_array_equal(clipped, expected)


@given(*[st.integers(-10, 60)] * 2, *[st.integers(0, 30)] * 2, st.integers(1, 20))
def test_rectangles_are_exact(top, left, height, width, thickness):
    frame, expected = blank(HEIGHT, WIDTH, WHITE), blank(HEIGHT, WIDTH, WHITE)
    draw_rectangle(frame, top, left, height, width, BLACK, RED, thickness)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            edge = min(y - top, x - left, top + height - 1 - y, left + width - 1 - x)
            if edge >= 0:
                expected[y, x] = RED if edge < thickness else BLACK
    np.testing.assert_array_equal(frame, expected)


def test_an_outline_leaves_the_inside_alone():
    frame = NOISE.copy()
    draw_rectangle(frame, 5, 5, 20, 30, outline=RED, thickness=3)
    np.testing.assert_array_equal(frame[8:22, 8:32], NOISE[8:22, 8:32])
    assert (frame[5:8, 5:35] == RED).all()


@given(st.integers(2, 18))
def test_round_shapes_have_their_area(radius):
    disc, rounded = blank(41, 41, WHITE), blank(41, 41, WHITE)
    draw_circle(disc, 20, 20, radius, BLACK)
    draw_rectangle(rounded, 1, 1, 2 * radius, 2 * radius, BLACK, radius=radius)
    area = math.pi * radius**2
    assert ink(disc) == pytest.approx(area, rel=0.05)
    assert ink(rounded) == pytest.approx(area, rel=0.05)
    np.testing.assert_array_equal(disc, disc[::-1, ::-1])
    np.testing.assert_array_equal(disc, disc.swapaxes(0, 1))


@pytest.mark.parametrize("thickness", [1, 3, 5, 7])
def test_straight_lines_of_odd_thickness_are_exact(thickness):
    frame, half = blank(HEIGHT, WIDTH, WHITE), thickness // 2
    draw_line(frame, (20, -99), (20, 99), BLACK, thickness)
    expected = blank(HEIGHT, WIDTH, WHITE)
    expected[20 - half : 21 + half] = BLACK
    np.testing.assert_array_equal(frame, expected)


@given(*[quarters] * 4, st.integers(1, 9))
def test_a_line_is_what_is_near_its_segment(y0, x0, y1, x1, thickness):
    frame = blank(HEIGHT, WIDTH, WHITE)
    draw_line(frame, (y0, x0), (y1, x1), BLACK, thickness)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    samples = zip(np.linspace(y0, y1, 500), np.linspace(x0, x1, 500), strict=True)
    distance = np.min([np.hypot(rows - y, columns - x) for y, x in samples], axis=0)
    # Half a pixel to either side of the edge is shaded; 0.1 is for the samples.
    assert (frame[distance <= thickness / 2 - 0.5] == BLACK).all()
    assert (frame[distance < thickness / 2 + 0.4] != WHITE).all()
    assert (frame[distance > thickness / 2 + 0.6] == WHITE).all()


@given(quarters, quarters, st.integers(1, 40))
def test_a_circle_is_a_line_without_length(y, x, diameter):
    circle, line = NOISE.copy(), NOISE.copy()
    draw_circle(circle, y, x, diameter / 2, RED)
    draw_line(line, (y, x), (y, x), RED, diameter)
    np.testing.assert_array_equal(circle, line)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=4).filter(any), st.integers(1, 3))
def test_measured_text_is_painted_text(lengths, scale):
    # The block fills its whole cell. The first line and the last must have one for the extent to show.
    text = "\n".join("█" * (length or 1) for length in lengths)
    frame = blank(200, 200, WHITE)
    draw_text(frame, 7, 9, text, BLACK, scale)
    assert extent(frame) == (7, 9, *measure_text(text, scale))


@given(texts, st.integers(1, 3))
def test_text_stays_in_what_was_measured(text, scale):
    height, width = measure_text(text, scale)
    frame = blank(height + 20, width + 20, WHITE)
    draw_text(frame, 10, 10, text, BLACK, scale)
    frame[10 : 10 + height, 10 : 10 + width] = WHITE
    assert (frame == 255).all()


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_centred_capitals_are_in_the_middle(scale):
    frame = blank(101, 101, WHITE)
    draw_text_centered(frame, 0, 0, 101, 101, "HAH", BLACK, scale)
    top, left, height, width = extent(frame)
    assert abs((101 - height) - 2 * top) <= 1
    assert abs((101 - width) - 2 * left) <= 1


@given(st.text("AB\n", min_size=1, max_size=9), st.integers(40, 120), st.integers(60, 120))
def test_text_without_a_scale_fills_its_box(text, height, width):
    fitted, chosen = blank(height, width, WHITE), blank(height, width, WHITE)
    draw_text_centered(fitted, 0, 0, height, width, text)
    largest = max(
        (s for s in range(1, 20) if measure_text(text, s)[0] <= height and measure_text(text, s)[1] <= width), default=1
    )
    draw_text_centered(chosen, 0, 0, height, width, text, scale=largest)
    np.testing.assert_array_equal(fitted, chosen)


def test_scale_below_one_is_refused():
    with pytest.raises(ValueError, match="scale: found 0, expected an integer of at least 1"):
        draw_text(blank(9, 9), 0, 0, "a", scale=0)


def test_a_colour_out_of_range_is_refused():
    for draw in (
        lambda frame: draw_rectangle(frame, 0, 0, 5, 5, (0, 0, 256)),
        lambda frame: draw_circle(frame, 4, 4, 3, (0, -1, 0)),
        lambda frame: draw_text(frame, 0, 0, "a", (999, 0, 0)),
    ):
        with pytest.raises(OverflowError):
            draw(blank(20, 20))


@given(st.integers(-40, 60), st.integers(-40, 60), st.booleans())
def test_blit_copies_the_part_that_is_visible(top, left, masked):
    tile = 255 - NOISE[:30, :20]
    mask = tile[..., 1] > 100 if masked else np.ones(tile.shape[:2], bool)
    frame, expected = NOISE.copy(), NOISE.copy()
    blit(frame, top, left, tile, mask if masked else None)
    for y, x in np.argwhere(mask):
        if 0 <= top + y < HEIGHT and 0 <= left + x < WIDTH:
            expected[top + y, left + x] = tile[y, x]
    np.testing.assert_array_equal(frame, expected)
