"""Frames as PNG files, with the standard library alone."""

from __future__ import annotations

import os
import secrets
import struct
import zlib
from pathlib import Path

import numpy as np

from .painter import Frame


def save_png(path: str | os.PathLike[str], frame: Frame) -> None:
    """Write a frame, uint8[height, width, 3], as an RGB PNG file that appears whole or not at all.

    ValueError for another shape or dtype, FileNotFoundError if the folder does not exist. Format: PNG (third edition).
    """
    path = Path(path)
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or frame.size == 0:
        raise ValueError(f"frame: found {frame.dtype}{list(frame.shape)}, expected uint8[height, width, 3], not empty")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: found no folder {path.parent}, expected it to exist")
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        partial.write_bytes(_encode(frame))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _encode(frame: Frame) -> bytes:
    height, width = frame.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits per channel, RGB
    unfiltered = np.zeros((height, 1), np.uint8)  # each row starts with its filter: 0, none
    pixels = zlib.compress(np.hstack([unfiltered, frame.reshape(height, -1)]).tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
