"""The map: places that fit the directions, the shown rooms and doors, one size for all games."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.textworld import picture
from ige.envs.textworld.generate import generate
from ige.render import palette


@pytest.mark.parametrize("level", [1, 12, 30])
def test_rooms_lie_where_their_exits_say_or_apart(level: int) -> None:
    game = generate("treasure_hunter", np.random.default_rng(level), level=level)
    places = picture.layout(game)
    assert set(places) == set(game.of_type("r"))
    assert len(set(places.values())) == len(places)
    for name, there, here in (f for f in game.facts if f[0] in ("north_of", "west_of")):
        dx, dy = (0, -1) if name == "north_of" else (-1, 0)
        assert places[there] == (places[here][0] + dx, places[here][1] + dy)  # these maps are planar


def test_a_coin_collectors_map_need_not_be_planar() -> None:
    game = generate("coin_collector", np.random.default_rng(0), level=300)
    places = picture.layout(game)
    assert len(places) == len(set(places.values())) == 300


@pytest.mark.parametrize(("challenge", "level"), [("treasure_hunter", 25), ("coin_collector", 50)])
def test_the_map_fills_its_canvas(challenge: str, level: int) -> None:
    """From the first room to the last, rooms reach all four sides to within a fraction of a room."""
    game = generate(challenge, np.random.default_rng(0), level=level)
    places = picture.layout(game)
    facts = frozenset(game.facts)
    visited = {next(f[2] for f in facts if f[:2] == ("at", "P"))}
    while True:
        frame = picture.draw_map(game, facts, visited, places)
        assert frame.shape == (picture.HEIGHT, picture.WIDTH, 3)
        ink = (frame != palette.BACKGROUND).any(2)
        for axis, size, largest in ((1, picture.HEIGHT, picture.LARGEST[0]), (0, picture.WIDTH, picture.LARGEST[1])):
            reach = np.flatnonzero(ink.any(axis))
            free = max(reach[0], size - 1 - reach[-1])
            assert free <= max(0.18 * size, (size - largest) / 2), (len(visited), axis, free)
        if (more := picture.known(game, visited)) == visited:
            break
        visited = more


def test_rooms_show_once_seen_and_doors_as_they_are() -> None:
    env = gym.make("ige/TextWorld-v0", challenge="cooking", go=9, open=True, games=1, render_mode="rgb_array").unwrapped
    env.reset(seed=0)
    rng = np.random.default_rng(0)
    frames, doors = set(), set()
    for _ in range(60):
        text = env.map_text()
        here = env.game.name(env.grounded.rooms[int(env.get_state()["room"])])
        assert f"[*{here}*]" in text
        for room in env.game.of_type("r"):
            assert (f"[{env.game.name(room)}]" in text or room not in env.visited()) or env.game.name(room) == here
        frame = env.render()
        assert frame.dtype == np.uint8
        assert frame.shape == (472, 712, 3)
        frames.add(frame.tobytes())
        doors |= {mark for mark in "o+" if f"-{mark}-" in text or f" {mark}" in text}
        moves = [c for c in env.admissible_commands() if c.startswith(("go ", "open ", "close "))]
        env.step(moves[rng.integers(len(moves))])
        if env.get_state()["over"]:
            break
    assert len(frames) > 5
    assert doors == {"o", "+"}
