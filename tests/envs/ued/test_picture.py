"""Pictures of levels and ways."""

from __future__ import annotations

import numpy as np
import pytest

from ige.envs.ued.level import Level
from ige.envs.ued.picture import gallery, picture

LEVEL = Level.from_text(">.#\n..G")


def test_a_level_has_its_border_and_the_colours_of_tiles() -> None:
    frame = picture(LEVEL, tile=10)
    assert frame.shape == (40, 50, 3)
    middle = frame[5::10, 5::10]
    grey, green, black = [100, 100, 100], [0, 255, 0], [0, 0, 0]
    assert (middle[[0, 3]] == grey).all()
    assert middle[1, 3].tolist() == grey
    assert middle[2, 3].tolist() == green
    assert middle[1, 2].tolist() == black
    assert middle[1, 1].tolist() == [255, 0, 0]


def test_a_way_is_drawn_where_it_leads() -> None:
    plain, walked = picture(LEVEL, tile=16), picture(LEVEL, [(0, 0), (1, 0), (1, 1)], tile=16)
    changed = (plain != walked).any(-1)
    tiles = {(int(x) // 16 - 1, int(y) // 16 - 1) for y, x in np.argwhere(changed)}
    assert tiles == {(0, 0), (1, 0), (1, 1)}


def test_galleries_of_unequal_rows() -> None:
    frame = gallery([[LEVEL] * 3, [LEVEL]], [[[]] * 3, [[(0, 0), (1, 0)]]], tile=8)
    assert frame.shape == (2 * 32 + 3 * 8, 3 * 40 + 4 * 8, 3)
    with pytest.raises(ValueError, match="rows: found no level"):
        gallery([])
