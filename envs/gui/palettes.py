"""Ten colour themes of screens. A theme is a row of colours; agents train on some themes and are tested on others."""

from __future__ import annotations

import numpy as np

# The use of each colour.
PAGE, BAR, PANEL, FIELD, BUTTON, CHOSEN, INK, PALE, ACCENT, BORDER = range(10)
_THEMES = (
    "f7f7f3 dfe3ea ffffff ffffff dbe4f0 9cc4ee 22262e 888e98 0072b2 a8adb5",  # light
    "1c1f24 2b3038 262a31 14161a 3a4250 2f5f8f f0f2f5 8d95a1 62b5f0 59616e",  # dark
    "fbf3e4 ecd9b4 fffaf0 fffdf7 f0dfbd e0b463 3d2f1a 95835f a35c00 c7b48d",  # sand
    "eef6ee cfe5cf ffffff fafffa d3e8d3 84c18a 1c3322 7b937f 00704a a1bda4",  # mint
    "f9eef3 eccfdd ffffff fffafc f1d6e2 dd93b4 3c1c2b 98798a a8246b c9a4b6",  # rose
    "eeeefa d3d3f0 ffffff fafaff d8d8f3 a3a1e6 211f45 7f7d9f 4a3fb5 aaa9cf",  # lavender
    "ffffff d0d0d0 ffffff ffffff e6e6e6 ffe14d 000000 5f5f5f 0000c8 000000",  # contrast
    "0b1f2a 123445 16303f 07161e 1f4a60 1d7f96 e3f4fa 7fa3b3 4fd0e8 3f6a7d",  # sea
    "2a1d18 45302a 382722 1d1310 59403a 9c5a34 f7ebe4 ab948a ffa564 7a5d53",  # coffee
    "f2f2f2 d6d6d6 fcfcfc ffffff dedede b5b5b5 2b2b2b 8a8a8a 4d4d4d a6a6a6",  # grey
)
THEMES = len(_THEMES)


def colors(theme: int) -> np.ndarray:
    """The colours of a theme, uint8 (10, 3)."""
    return np.array([list(bytes.fromhex(one)) for one in _THEMES[theme].split()], np.uint8)
