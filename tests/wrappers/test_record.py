from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import data_equivalence

import ige  # noqa: F401
from ige.wrappers import CountBudget, RecordTrajectories, TextFace, load_trajectories


def play(env: gym.Env[Any, Any], **reset: Any) -> None:
    """One episode of sampled actions."""
    _, info = env.reset(**reset)
    over = False
    while not over:
        _, _, terminated, truncated, info = env.step(env.action_space.sample(info.get("action_mask")))
        over = terminated or truncated


def index(folder: Path) -> Any:
    return json.loads((folder / "index.json").read_text())


@pytest.mark.parametrize("env_id", ["ige/GameOf24-v0", "FrozenLake-v1", "CartPole-v1"])
def test_replaying_the_actions_gives_the_same_arrays(env_id: str, tmp_path: Path) -> None:
    env = RecordTrajectories(gym.make(env_id), tmp_path / "first")
    env.action_space.seed(0)
    for seed in range(3):
        play(env, seed=seed)
    recorded = load_trajectories(tmp_path / "first")
    assert [t.seed for t in recorded] == [0, 1, 2]
    again = RecordTrajectories(gym.make(env_id), tmp_path / "second")
    for t in recorded:
        again.reset(seed=t.seed, options=t.options)
        for action in t.actions:
            again.step(action)
        assert len(t.observations) == len(t.actions) + 1 == len(t.rewards) + 1
        assert np.array_equal(t.terminated | t.truncated, np.arange(len(t.actions)) == len(t.actions) - 1)
        assert t.observations.dtype == env.observation_space.dtype
    replayed = load_trajectories(tmp_path / "second")
    assert data_equivalence([vars(t) for t in recorded], [vars(t) for t in replayed], exact=True)
    assert index(tmp_path / "first") == index(tmp_path / "second")


def test_the_index_says_what_the_files_hold(tmp_path: Path) -> None:
    env = RecordTrajectories(gym.make("ige/GameOf24-v0", target=10), tmp_path)
    env.reset(seed=2**100, options={"instance": np.array([1, 2, 3, 4])})
    for action in (0, 0, 0):
        env.step(action)
    spec, [row] = index(tmp_path)["spec"], index(tmp_path)["episodes"]
    assert row == {
        "file": "episode-000000.npz",
        "steps": 3,
        "return": 1.0,
        "terminated": True,
        "truncated": False,
        "seed": 2**100,
        "options": {"instance": [1, 2, 3, 4]},
    }
    [trajectory] = load_trajectories(tmp_path)
    assert (trajectory.seed, trajectory.options) == (row["seed"], row["options"])
    made = gym.make(gym.envs.registration.EnvSpec.from_json(json.dumps(spec)))
    assert made.unwrapped.target == 10  # type: ignore[attr-defined]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["episode-000000.npz", "index.json"]


def test_dicts_tuples_and_text(corridor: Any, tmp_path: Path) -> None:
    env = RecordTrajectories(TextFace(corridor, obs="symbolic"), tmp_path)
    env.reset(seed=0, options={"cell": 6})
    env.step("left")
    env.step("right")
    observation, *_ = env.step("right")
    observation["cell"][:] = 99  # the caller's own
    env.step("right")
    with np.load(tmp_path / "episode-000000.npz", allow_pickle=False) as data:
        assert {"observations/cell", "observations/pair/0", "observations/pair/1", "actions"} <= set(data.files)
    [t] = load_trajectories(tmp_path)
    assert t.observations["cell"].tolist() == [[6], [5], [6], [7], [8]]
    numbers, words = t.observations["pair"]
    assert numbers.tolist() == [0, 0, 1, 1, 1]
    assert words.tolist() == ["left", "left", "right", "right", "right"]
    assert t.actions.tolist() == ["left", "right", "right", "right"]


def test_text_observations(tmp_path: Path) -> None:
    env = RecordTrajectories(TextFace(gym.make("ige/GameOf24-v0")), tmp_path)
    texts = [env.reset(seed=0, options={"instance": (4, 9, 10, 13)})[0]]
    texts += [env.step(command)[0] for command in ("13 - 9", "10 - 4", "4 * 6")]
    [t] = load_trajectories(tmp_path)
    assert t.observations.tolist() == texts
    assert t.observations.dtype.kind == "U"


def test_only_finished_episodes_from_a_reset_on(corridor: Any, tmp_path: Path) -> None:
    env = RecordTrajectories(corridor, tmp_path)
    env.reset(options={"cell": 5})
    env.step(1)
    env.reset(options={"cell": 6})  # drops the first
    state = corridor.get_state()
    env.step(1)
    CountBudget(env).set_state(state)  # drops the second
    env.step(1)
    env.step(1)
    assert not list(tmp_path.iterdir())
    play(env, options={"cell": 7})
    assert [row["options"] for row in index(tmp_path)["episodes"]] == [{"cell": 7}]


def test_truncation_ends_an_episode(tmp_path: Path, corridor: Any) -> None:
    env = RecordTrajectories(gym.wrappers.TimeLimit(corridor, 2), tmp_path)
    env.reset(options={"cell": 3})
    env.step(0)
    env.step(0)
    [row] = index(tmp_path)["episodes"]
    assert (row["steps"], row["terminated"], row["truncated"]) == (2, False, True)


def test_a_folder_is_continued_by_the_same_environment_only(tmp_path: Path) -> None:
    play(RecordTrajectories(gym.make("FrozenLake-v1"), tmp_path), seed=0)
    env = RecordTrajectories(gym.make("FrozenLake-v1"), tmp_path)
    play(env, seed=1)
    play(copy.deepcopy(env), seed=2)
    play(env, seed=3)
    assert [t.seed for t in load_trajectories(tmp_path)] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match=r"index\.json: found episodes of another environment"):
        RecordTrajectories(gym.make("FrozenLake-v1", is_slippery=False), tmp_path)


KILLED = """
import os, sys
import gymnasium as gym, numpy as np
from pathlib import Path
from ige.wrappers import RecordTrajectories

fatal, folder = sys.argv[1:]
write = Path.replace

def replace(self, target):
    if Path(target).name == "episode-000002.npz" and fatal == "before the episode":
        os._exit(9)
    write(self, target)
    if Path(target).name == "episode-000002.npz" and fatal == "before the index":
        os._exit(9)

Path.replace = replace
env = RecordTrajectories(gym.make("FrozenLake-v1"), folder)
for seed in range(9):
    env.reset(seed=seed)
    over = False
    while not over:
        _, _, terminated, truncated, _ = env.step(2)
        over = terminated or truncated
"""


@pytest.mark.parametrize("fatal", ["before the episode", "before the index"])
def test_a_killed_run_leaves_whole_episodes_and_a_true_index(fatal: str, tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, fatal, str(tmp_path)], env=os.environ, check=False)
    assert killed.returncode == 9
    assert [t.seed for t in load_trajectories(tmp_path)] == [0, 1]
    play(RecordTrajectories(gym.make("FrozenLake-v1"), tmp_path), seed=7)
    assert [t.seed for t in load_trajectories(tmp_path)] == [0, 1, 7]
    assert sorted(p.name for p in tmp_path.iterdir()) == [*(f"episode-00000{i}.npz" for i in range(3)), "index.json"]


def test_a_failed_write_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = RecordTrajectories(gym.make("FrozenLake-v1"), tmp_path)
    play(env, seed=0)

    def interrupted(file: Any, **arrays: Any) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        play(env, seed=1)
    assert len(load_trajectories(tmp_path)) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["episode-000000.npz", "index.json"]


class Fickle(gym.Env[Any, Any]):
    """Ends at once with an observation of one's choice."""

    action_space = spaces.Discrete(2)

    def __init__(self, first: Any, last: Any) -> None:
        self.shown = [last, first]

    def reset(self, **_: Any) -> tuple[Any, dict[str, Any]]:
        return self.shown[1], {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        return self.shown[0], 0.0, True, False, {}


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (np.zeros(2), np.zeros(3), "^observations: found different shapes"),
        ("text", 3, "^observations: found text and numbers"),
        ({"a": None}, {"a": None}, "^observations/a: found NoneType"),
        ({"a/b": 1}, {"a/b": 1}, "^observations: found the key 'a/b'"),
        ({0: 1}, {0: 1}, "^observations: found the key 0"),
    ],
)
def test_what_no_array_holds_is_named(first: Any, last: Any, problem: str, tmp_path: Path) -> None:
    env = RecordTrajectories(Fickle(first, last), tmp_path)
    env.reset()
    with pytest.raises(ValueError, match=problem):
        env.step(0)
    assert not list(tmp_path.iterdir())


@dataclass(frozen=True)
class Level:
    name: str


def test_options_are_json(corridor: Any, tmp_path: Path) -> None:
    env = RecordTrajectories(corridor, tmp_path)
    play(env, options={"cell": np.int64(7), "level": Level("a")})
    assert load_trajectories(tmp_path)[0].options == {"cell": 7, "level": {"name": "a"}}
    with pytest.raises(ValueError, match=r"^options: found object"):
        env.reset(options={"cell": object()})
    assert len(corridor.resets) == 1


def test_the_spec_is_json(tmp_path: Path) -> None:
    env = gym.make("ige/GameOf24-v0", puzzles=np.array([[4, 9, 10, 13]]))
    with pytest.raises(ValueError, match=r"^env\.spec: .*; expected arguments that JSON can hold, such as lists$"):
        RecordTrajectories(env, tmp_path)


def test_bad_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"index\.json: not found, expected a folder"):
        load_trajectories(tmp_path)
    play(RecordTrajectories(gym.make("FrozenLake-v1"), tmp_path), seed=0)
    whole = (tmp_path / "episode-000000.npz").read_bytes()
    for broken in (b"", whole[: len(whole) // 2], b"not a zip"):
        (tmp_path / "episode-000000.npz").write_bytes(broken)
        with pytest.raises(ValueError, match=r"episode-000000\.npz: found \w+, expected an episode"):
            load_trajectories(tmp_path)
    for broken in (b"", b"[]", b'{"version": 2}', b'{"version": 1}', b"\xff"):
        (tmp_path / "index.json").write_bytes(broken)
        with pytest.raises(ValueError, match=r"index\.json: not readable, expected the index"):
            load_trajectories(tmp_path)
