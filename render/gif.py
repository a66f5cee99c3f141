"""Frames as a GIF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .painter import Frame


def save_gif(path: str | Path, frames: Sequence[Frame], fps: float = 4) -> None:
    """Write frames as an endless GIF, the last one for two seconds (needs Pillow, as matplotlib does)."""
    from PIL import Image

    images = [Image.fromarray(frame).quantize(64, dither=Image.Dither.NONE) for frame in frames]
    durations = [1000 / fps] * (len(images) - 1) + [2000]
    images[0].save(path, save_all=True, append_images=images[1:], duration=durations, loop=0)
