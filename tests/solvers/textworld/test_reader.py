"""The reader knows what a player can know, no more: exits, ways walked, the recipe only once it was read."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.solvers.textworld.reader import COMMAND, STATE, Memory, Reader

COOKING = {"recipe": 3, "go": 9, "open": True, "cook": True, "cut": True}


def made(challenge: str, **settings: Any) -> tuple[Any, Reader, Any, dict[str, Any]]:
    env = gym.make(
        "ige/TextWorld-v0", challenge=challenge, games=1, obs_mode="symbolic", max_steps=300, **settings
    ).unwrapped
    seen, info = env.reset(seed=0)
    return env, Reader(env.pool[0]), seen, info


def walk(env: Any, reader: Reader, seen: Any, info: Any, steps: int, seed: int = 0) -> Any:
    """Random commands that do not end the game: (memory, observation, info) at each step."""
    rng, memory = np.random.default_rng(seed), reader.begin(seen)
    for _ in range(steps):
        yield memory, seen, info
        goes = [c for c in info["action_mask"].nonzero()[0] if env.commands()[c].split()[0] in ("go", "open", "look")]
        command = int(rng.choice(goes))
        seen, _, over, _, info = env.step(command)
        assert not over
        memory = reader.follow(memory, command, seen)


@pytest.mark.parametrize(("challenge", "settings"), [("treasure_hunter", {"level": 25}), ("cooking", COOKING)])
def test_memory_is_the_way_that_was_walked(challenge: str, settings: dict[str, Any]) -> None:
    env, reader, seen, info = made(challenge, **settings)
    rooms = []
    for memory, now, _ in walk(env, reader, seen, info, 60):
        rooms.append(int(now["room"]))
        assert memory.room == rooms[-1]
        assert set(memory.visits) == set(rooms)
        assert memory.steps == len(rooms) - 1
        exits = {e.direction: e for e in env.texts().exits(env.current_facts())}
        assert set(reader._exits[memory.room]) == set(exits)
        assert {d for d, door in reader._exits[memory.room].items() if door} == {d for d, e in exits.items() if e.door}
        for (room, direction), to in memory.ways.items():
            if room == memory.room:
                assert env.grounded.rooms[to] == exits[direction].room


@pytest.mark.parametrize(("challenge", "settings"), [("treasure_hunter", {"level": 25}), ("cooking", COOKING)])
def test_features_are_finite_and_one_row_a_command(challenge: str, settings: dict[str, Any]) -> None:
    env, reader, seen, info = made(challenge, **settings)
    for memory, now, told in walk(env, reader, seen, info, 30):
        admissible = told["action_mask"].nonzero()[0]
        place, rows = reader.features(memory, now, admissible)
        assert place.shape == (STATE,)
        assert rows.shape == (len(admissible), COMMAND)
        assert np.isfinite(place).all()
        assert np.isfinite(rows).all()
        assert (rows[:, :20].sum(1) == 1).all(), "each command has its verb"


def test_the_recipe_is_unknown_until_it_was_read() -> None:
    """Games that differ in the recipe alone look the same to who has not read it."""
    _, reader, seen, _ = made("cooking", **COOKING)
    everything = np.arange(len(reader.commands))
    memory = reader.begin(seen)
    place, rows = reader.features(memory, seen, everything)
    reader._known, reader._asked[:] = np.full_like(reader._known, 9), True
    again, same = reader.features(memory, seen, everything)
    assert (again == place).all()
    assert (same == rows).all()
    after = reader.follow(memory, reader.cookbook, seen)
    assert after.read
    assert (reader.features(after, seen, everything)[1] != rows).any()


def test_lessons_outlive_an_attempt_but_its_way_back_does_not() -> None:
    env, reader, seen, info = made("cooking", **COOKING)
    *_, (memory, _, _) = walk(env, reader, seen, info, 20)
    start = reader.begin(seen, Memory(memory.room, memory.visits, memory.ways, memory.back, True, memory.steps))
    assert (start.room, start.back, start.steps, start.read) == (int(seen["room"]), "", 0, True)
    assert start.ways == memory.ways
