import subprocess
import sys

import ige.render
from ige.render import palette


def test_import_is_light():
    heavy = ["pygame", "torch", "numba", "matplotlib", "PIL"]
    program = (
        "import sys, ige.render, ige.render.glyphs as glyphs;"
        f"found = [name for name in {heavy} if name in sys.modules];"
        "assert not found, found;"
        "assert glyphs._font.cache_info().currsize == 0, 'the font was read at import'"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_public_names_exist():
    assert all(hasattr(ige.render, name) for name in ige.render.__all__)
    assert ige.render.__all__ == sorted(ige.render.__all__)


def contrast(color, other):
    """Contrast ratio of WCAG 2.2."""

    def luminance(color):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in color)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([luminance(color), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_what_is_written_can_be_read():
    for ground in (palette.BACKGROUND, palette.PANEL):
        assert contrast(palette.INK, ground) >= 7
        assert contrast(palette.MUTED, ground) >= 4.5
        assert min(contrast(color, ground) for color in (palette.GOOD, palette.BAD, palette.ACCENT)) >= 3


def test_categories_are_distinct():
    assert len(set(palette.CATEGORIES)) == len(palette.CATEGORIES) == 8
