"""Whole frames against digests of frames that somebody has looked at.

After a change that is meant to alter the pictures, run

    IGE_GOLDEN=folder python -m pytest tests/render/test_golden.py

which writes every frame into the (existing) folder as a PNG file, to be looked at, and its digest into golden.json.
"""

import hashlib
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from ige.render import (
    blank,
    blit,
    captioned,
    draw_bars,
    draw_circle,
    draw_line,
    draw_rectangle,
    draw_text,
    draw_text_centered,
    palette,
    save_png,
    text_grid,
    wrap,
)
from ige.render.glyphs import characters

GOLDEN = Path(__file__).with_name("golden.json")


def font():
    sheet = characters() + "é"
    return text_grid([sheet[start : start + 16] for start in range(0, len(sheet), 16)], scale=3)


def terminal():
    story = "You are in the kitchen. A closed fridge hums here; a wooden door (locked) leads east.\n\nYou carry: a key."
    lines = ["┌─ Kitchen ─┐", *wrap(story, 30), "> open door with key", "✗ It does not fit.", "✓ 3 ÷ 3 → 1"]
    colors = [palette.MUTED, *[palette.INK] * (len(lines) - 4), palette.ACCENT, palette.BAD, palette.GOOD]
    return text_grid(lines, rows=12, columns=30, colors=colors)


def cards():
    frame = blank(120, 360)
    for place, number in enumerate(["4", "9", "10", "-1716"]):
        draw_rectangle(frame, 12, 12 + place * 86, 96, 76, palette.PANEL, palette.BORDER, 2, radius=place * 6)
        draw_text_centered(frame, 12, 18 + place * 86, 96, 64, number, palette.CATEGORIES[place])
    return frame


def route():
    frame = blank(200, 200, palette.WHITE)
    nodes = [(100 + 80 * math.sin(k * 2.4), 100 + 80 * math.cos(k * 2.4)) for k in range(8)]
    for k, node in enumerate(nodes):
        draw_line(frame, node, nodes[k - 1], palette.CATEGORIES[k], thickness=1 + k % 4)
    for k, (y, x) in enumerate(nodes):
        draw_circle(frame, y, x, 9, palette.WHITE, palette.INK, 1.5)
        draw_text_centered(frame, round(y) - 9, round(x) - 9, 19, 19, str(k), palette.INK, 1)
    return frame


def grid_world():
    frame = blank(5 * 32, 7 * 32, palette.INK)
    floor = blank(32, 32, palette.PANEL)
    draw_rectangle(floor, 0, 0, 32, 32, outline=palette.BORDER)
    ball = blank(32, 32)
    draw_circle(ball, 15.5, 15.5, 10, palette.ORANGE)
    seen = np.add.outer(np.arange(32), np.arange(32)) > 20
    for y in range(1, 4):
        for x in range(1, 6):
            blit(frame, y * 32, x * 32, floor)
    blit(frame, 64, 64, ball, seen)
    blit(frame, 144, 208, ball)
    draw_text(frame, -6, -5, "corner", palette.YELLOW, 3)
    return frame


def captions():
    tasks = ["go to the red ball", "pick up the grey box, then go to a purple ball", "open the blue door and " * 12]
    return np.concatenate([captioned(blank(40, 256, palette.SKY), task) for task in tasks])


def bars():
    frame = blank(180, 340)
    draw_bars(frame, 10, 10, 40, [0.0, 0.25, 1.0, 1.7], ["a", "b", "c", "cut"], 0, 1)
    draw_bars(frame, 100, 10, 40, [-3.5, -0.004, 2.0, 123.4, -1.55, -1.55], list("uvwxyz"), -3, 3)
    return frame


PAINTED = [font, terminal, cards, route, grid_world, captions, bars]


@pytest.mark.parametrize("paint", PAINTED, ids=lambda paint: paint.__name__)
def test_frame_is_the_one_looked_at(paint, tmp_path):
    name, frame = paint.__name__, paint()
    digest = hashlib.sha256(f"{frame.dtype}{frame.shape}".encode() + frame.tobytes()).hexdigest()
    golden = json.loads(GOLDEN.read_text())
    if folder := os.environ.get("IGE_GOLDEN"):
        save_png(Path(folder) / f"{name}.png", frame)
        GOLDEN.write_text(json.dumps(golden | {name: digest}, indent=2, sort_keys=True) + "\n")
    elif golden.get(name) != digest:
        save_png(tmp_path / f"{name}.png", frame)
        pytest.fail(f"{name} differs from the frame in {GOLDEN.name}: look at {tmp_path / f'{name}.png'}")
