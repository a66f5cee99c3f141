from __future__ import annotations

from typing import Any, Literal

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import data_equivalence

import ige  # noqa: F401
from ige.wrappers import Archive, ArchiveEntry, CountBudget, SnapshotArchive

HOW: tuple[Literal["restore", "replay"], ...] = ("restore", "replay")


def entry(*actions: int, visits: int = 1) -> ArchiveEntry:
    return ArchiveEntry(f"snapshot {actions}", None, {}, actions, float(sum(actions)), visits)


def test_the_shorter_way_is_kept() -> None:
    archive = Archive()
    assert archive.add(b"x", entry(1, 1))
    assert not archive.add(b"x", entry(2, 2))  # as long: the first stays
    assert (archive[b"x"].actions, archive[b"x"].visits) == ((1, 1), 2)
    assert not archive.add(b"x", entry(5, visits=2))
    assert archive[b"x"] == entry(5, visits=4)
    assert not archive.add(b"x", entry(1, 2, 3))
    assert archive[b"x"] == entry(5, visits=5)
    assert archive.add(b"y", entry())
    assert list(archive) == [b"x", b"y"]


def test_marks_know_the_way(corridor: Any) -> None:
    env = SnapshotArchive(corridor)
    env.reset(seed=0, options={"cell": 2})
    assert list(env.archive) == [env.root]
    rewards = [float(env.step(action)[1]) for action in (1, 1, 0)]
    key = env.mark()
    assert key == corridor.state_key() == bytes([3])
    found = env.archive[key]
    assert (found.actions, found.total_return, found.visits) == ((1, 1, 0), sum(rewards), 1)
    env.go_to(env.root)
    assert (env.actions, env.total_return) == ([], 0.0)
    for how in HOW:
        env.go_to(key, how)
        assert (env.actions, env.total_return) == ([1, 1, 0], sum(rewards))
    env.go_to(env.root)
    env.step(1)
    assert env.mark() == key
    assert (env.archive[key].actions, env.archive[key].visits, len(env.archive)) == ((1,), 2, 2)
    env.reset()
    assert list(env.archive) == [env.root]


@pytest.mark.parametrize("seed", [0, None])
@pytest.mark.parametrize("how", HOW)
def test_both_ways_lead_back(how: Literal["restore", "replay"], seed: int | None) -> None:
    env = SnapshotArchive(gym.make("ige/GameOf24-v0"))
    core: Any = env.unwrapped
    env.reset(seed=0)
    env.reset(seed=seed)
    shown = env.step(0)
    key, state = env.mark(), core.get_state()
    future = [env.step(action) for action in (4, 0)]
    assert future[-1][2]
    observation, info = env.go_to(key, how)
    assert core.get_state().tobytes() == state.tobytes()
    assert data_equivalence((observation, info), (shown[0], shown[-1]), exact=True)
    assert (env.actions, env.total_return) == ([0], shown[1])
    assert data_equivalence([env.step(action) for action in (4, 0)], future, exact=True)


def test_an_end_can_be_marked() -> None:
    env = SnapshotArchive(gym.make("ige/GameOf24-v0"))
    _, info = env.reset(seed=0)
    env.step(int(np.flatnonzero(info["action_mask"] == 0)[0]))
    end = env.mark()
    env.go_to(env.root)
    env.step(0)
    env.go_to(end)
    with pytest.raises(gym.error.ResetNeeded):
        env.step(0)


def test_what_was_shown_is_kept_apart(corridor: Any) -> None:
    env = SnapshotArchive(corridor)
    observation, info = env.reset(options={"cell": 2})
    observation["cell"][:] = 99
    info["trace"][:] = 99
    observation, info = env.step(1)[0::4]
    observation["cell"][:] = 99
    key = env.mark()
    for _ in range(2):
        observation, _ = env.go_to(key)
        assert observation["cell"] == 3
        observation["cell"][:] = 99
    assert env.go_to(env.root)[1]["trace"] == 2


def test_a_replay_passes_the_wrappers_below(corridor: Any) -> None:
    counted = CountBudget(gym.wrappers.TimeLimit(corridor, 3))
    env = SnapshotArchive(counted)
    env.reset(seed=1, options={"cell": 4})
    env.step(0)
    key = env.mark()
    env.go_to(key, "restore")
    assert not env.step(0)[3]
    assert (counted.spent.env_steps, counted.spent.returns, counted.spent.episodes) == (2, 1, 1)
    assert env.step(0)[3]  # the time limit went on counting
    env.go_to(key, "replay")
    assert corridor.resets[-1] == (1, {"cell": 4})
    assert (counted.spent.env_steps, counted.spent.returns, counted.spent.episodes) == (4, 1, 2)
    assert [env.step(0)[3], env.step(0)[3]] == [False, True]


def test_a_replay_that_goes_astray_is_noticed(corridor: Any) -> None:
    env = SnapshotArchive(corridor)
    env.reset(seed=0, options={"cell": 4})
    env.step(1)
    key = env.mark()
    env.archive[key].actions = (0,)
    with pytest.raises(RuntimeError, match=r"^replay: the 1 archived actions led to another state$"):
        env.go_to(key, "replay")


def test_what_it_cannot_do(corridor: Any) -> None:
    with pytest.raises(TypeError, match=r"^env: FrozenLakeEnv has no get_state, set_state, state_key"):
        SnapshotArchive(gym.make("FrozenLake-v1"))
    env = SnapshotArchive(corridor)
    with pytest.raises(ResetNeeded):
        env.mark()
    with pytest.raises(KeyError, match="not in the archive"):
        env.go_to(b"nowhere")
    env.reset()
    with pytest.raises(ValueError, match=r"^how: found 'fly'"):
        env.go_to(env.root, "fly")  # type: ignore[arg-type]
