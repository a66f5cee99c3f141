"""Training by every method: resumed bit for bit, logged, and used as Stable-Baselines3's models are."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from stable_baselines3.common.evaluation import evaluate_policy

from ige.envs.ued.buffer import Levels, path_lengths
from ige.envs.ued.layout import level_dtype
from ige.envs.ued.level import Level
from ige.solvers.core.logs import Logs, read
from ige.solvers.core.sb3 import SB3VecEnv
from ige.solvers.ued.config import METHODS, PRESETS, Config, Replay, config
from ige.solvers.ued.evaluate import Examination, fixed_mazes, held_out
from ige.solvers.ued.trainer import UED


def tiny(method: str) -> Config:
    found = config(method)
    replay = replace(found.replay, capacity=12, probability=0.7)
    return replace(found, size=5, blocks=6, levels=4, steps=8, width=8, adversary_layer=16, replay=replay, max_steps=6)


def weights(model: UED) -> list[np.ndarray]:
    players = [*model.recipe.students, *([model.recipe.adversary] if model.recipe.adversary else [])]
    return [part.numpy().copy() for player in players for part in player.ppo.network.state_dict().values()]


@pytest.mark.parametrize("method", METHODS)
def test_resumed_bit_for_bit(method: str, tmp_path: Path) -> None:
    whole = UED(method, tiny(method), seed=3)
    for _ in range(12):
        whole.update()
    first = UED(method, tiny(method), seed=3)
    for _ in range(7):
        first.update()
    first.save(tmp_path / "model.pt")
    resumed = UED.load(tmp_path / "model.pt")
    assert (resumed.num_timesteps, resumed.updates) == (first.num_timesteps, 7)
    for _ in range(5):
        resumed.update()
    assert resumed.num_timesteps == whole.num_timesteps
    for one, other in zip(weights(resumed), weights(whole), strict=True):
        assert (one == other).all()
    assert resumed.levels is not None
    assert whole.levels is not None
    assert (resumed.levels == whole.levels).all()


@pytest.mark.parametrize("method", METHODS)
def test_who_learns(method: str) -> None:
    """Robust methods leave their students as they are on new levels; all others learn in every update."""
    model = UED(method, tiny(method), seed=0)
    seen = set()
    for _ in range(20):
        before = weights(model)
        steps = model.num_timesteps
        found = model.update()
        students = len(model.recipe.students) * len(model.ppo.network.state_dict())
        changed = [bool((a != b).any()) for a, b in zip(before, weights(model), strict=True)]
        assert any(changed[:students]) == found.learnt
        assert model.num_timesteps - steps == (32 if found.learnt else 0)
        seen.add(found.learnt)
    assert seen == ({True, False} if method in ("robust-plr", "repaired", "accel") else {True})


def test_accel_begins_in_empty_rooms_and_adds_walls() -> None:
    model = UED("accel", replace(tiny("accel"), generated_blocks=0), seed=0)
    walls = []
    for _ in range(40):
        found = model.update()
        walls.append(float(found.levels["walls"].sum((1, 2)).mean()))
        if not found.learnt:
            assert walls[-1] == 0
    assert max(walls) > 0.5


def test_logs_and_checkpoints(tmp_path: Path) -> None:
    """A run cut off after a checkpoint leaves, once resumed, the log of an uninterrupted one."""
    tests = held_out(tiny("plr"), episodes=5)
    timing = ("seconds", "stepping_share")

    def lines(folder: Path) -> list[dict[str, Any]]:
        return [{k: v for k, v in line.items() if k not in timing} for line in read(folder / "metrics.jsonl")]

    whole = UED("plr", tiny("plr"), seed=1)
    whole.learn(320, folder=str(tmp_path / "whole"), tests=tests, points=5)
    seen: list[int] = []

    def stop(model: UED, facts: dict[str, float]) -> None:
        model.walk(Level.from_record(tests["FourRooms-5"][0]))  # looking changes nothing
        seen.append(model.num_timesteps)
        assert 0 <= facts["stepping_share"] <= 1
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        UED("plr", tiny("plr"), seed=1).learn(320, folder=tmp_path / "cut", tests=tests, points=5, progress=stop)
    with (tmp_path / "cut" / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"step": 9999, "learnt": 1.0}) + '\n{"step": 1')  # of a run that was killed
    resumed = UED.load(str(tmp_path / "cut" / "checkpoint.pt"))
    resumed.learn(320, folder=tmp_path / "cut", tests=tests, points=5)
    resumed.save(str(tmp_path / "again.pt"))
    again = UED.load(tmp_path / "again.pt")
    assert all((one == other).all() for one, other in zip(weights(again), weights(whole), strict=True))
    assert lines(tmp_path / "cut") == lines(tmp_path / "whole")
    assert [line["step"] for line in lines(tmp_path / "whole")] == [64, 128, 192, 256, 320]
    found = lines(tmp_path / "whole")[-1]
    assert {"solved/DR-6", "solved/FourRooms-5", "solved/PerfectMaze-5", "levels/solvable"} <= set(found)
    assert list((tmp_path / "whole").glob("events.out.tfevents.*"))


def test_logs_without_tensorboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch.utils.tensorboard", None)
    logs = Logs(tmp_path)
    logs.write(1, {"a": 2.0})
    logs.close()
    assert read(tmp_path / "metrics.jsonl") == [{"step": 1, "a": 2.0}]
    assert len(list(tmp_path.iterdir())) == 1


def test_too_few_levels_for_a_buffer_are_noticed() -> None:
    """3 x 3 tiles without walls make fewer different levels than a buffer wants before it replays any."""
    replay = replace(config("robust-plr").replay, capacity=4000)
    settings = replace(tiny("robust-plr"), size=3, blocks=0, levels=32, steps=1, replay=replay)
    with pytest.raises(ValueError, match="^replay: nothing to learn from in .* updates: too few different levels$"):
        UED("robust-plr", settings).learn(10)


def test_predict_as_stable_baselines_does() -> None:
    model = UED("dr", tiny("dr"), seed=0)
    env = SB3VecEnv("ige/UedMaze-v0", 4, size=5, blocks=6, max_steps=6)
    env.seed(0)
    returns, lengths = evaluate_policy(model, env, 20, return_episode_rewards=True, deterministic=False)  # type: ignore[arg-type]
    assert len(returns) == 20
    assert max(lengths) <= 6
    single, _ = gym.make("ige/UedMaze-v0", size=5).reset(seed=0)
    action, state = model.predict(single, deterministic=True)
    assert action.shape == ()
    again, other = model.predict(single, state, np.array([True]), deterministic=True)
    assert action == again
    assert (state == other).all()
    assert not (model.predict(single, state, np.array([False]))[1] == state).all()


def test_held_out_levels_are_solvable_and_always_the_same() -> None:
    settings = config("dr")
    tests = held_out(settings, episodes=40)
    assert list(tests) == ["DR-14", "FourRooms-7", "PerfectMaze-7"]
    for name, levels in tests.items():
        assert len(levels) == 40
        assert (path_lengths(levels) > 0).all()
        assert (levels == held_out(settings, episodes=40)[name]).all()
    assert list(held_out(replace(settings, size=8), 2)) == ["DR-14", "FourRooms-8", "PerfectMaze-7"]
    assert set(fixed_mazes(settings)) == set()
    paper = fixed_mazes(PRESETS["paper"], 20)
    assert len(paper) == 11
    assert len(np.unique(paper["SmallCorridor"]["goal_x"])) == 5


def test_an_examination_plays_every_test_apart() -> None:
    """One test that is solved by any step forward, and one that cannot be solved."""
    easy, hopeless = np.zeros((2, 1), level_dtype(13))
    for levels in (easy, hopeless):
        levels["width"], levels["height"], levels["goal_x"] = 5, 5, 1
    hopeless["goal_x"], hopeless["walls"][:, 0, 1], hopeless["walls"][:, 1, 0] = 4, 1, 1
    tests: dict[str, Levels] = {"easy": np.repeat(easy, 30), "hopeless": np.repeat(hopeless, 10)}
    found = Examination(tiny("dr"), tests, 60).solved(UED("dr", tiny("dr")).ppo)
    assert found["easy"] > 0.6
    assert found["hopeless"] == 0


def test_a_walk_depends_on_its_seed_alone() -> None:
    model, level = UED("dr", tiny("dr"), seed=0), Level.from_text(">....\n.....\n....G")
    walks = [model.walk(level, seed) for seed in (0, 1, 0)]
    assert walks[0] == walks[2] != walks[1]
    assert all(abs(x - u) + abs(y - v) <= 1 for (x, y), (u, v) in pairwise(walks[0]))


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"score": "mc"}, "score: 'mc', expected one of 'maxmc', 'pvl', 'l1'"),
        ({"mutation": "swap"}, "mutation: 'swap', expected one of 'flip', 'tiles'"),
        ({"edits": -1}, "edits: -1, expected an integer of at least 0"),
        ({"probability": 0}, "probability: 0, expected more: nothing is learnt from new levels"),
    ],
)
def test_refused_replay(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        Replay(**kwargs)


def test_refused_settings() -> None:
    for name in ("levels", "steps", "width", "students"):
        with pytest.raises(ValueError, match=f"^{name}: 0, expected an integer of at least 1$"):
            replace(Config(), **{name: 0})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="^points: 0, expected an integer of at least 1$"):
        UED("dr", tiny("dr")).learn(32, points=0)


def test_bad_names_and_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="^method: 'pair', expected one of dr, minimax, paired"):
        UED("pair")
    with pytest.raises(ValueError, match="^preset: 'gpu', expected one of cpu, small, paper$"):
        UED("dr", "gpu")
    path = tmp_path / "model.pt"
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: there is no such file$"):
        UED.load(path)
    path.write_text("no model")
    with pytest.raises(ValueError, match="no checkpoint of UED"):
        UED.load(path)
    torch.save({"format": 0}, path)
    with pytest.raises(ValueError, match="no checkpoint of UED, format 2"):
        UED.load(path)


def test_presets_say_what_the_papers_do() -> None:
    """As published with the methods' first code (25 walls)."""
    paper = {method: config(method, "paper") for method in METHODS}
    assert {found.size for found in paper.values()} == {13}
    assert {name: found.student.entropy for name, found in paper.items()} == {
        "dr": 0.01, "minimax": 0.01, "paired": 0, "flexible-paired": 0, "population-paired": 0, "plr": 0.01,
        "robust-plr": 0.01, "repaired": 0.01, "accel": 0,
    }  # fmt: skip
    accel = paper["accel"].replay
    assert (accel.probability, accel.temperature, accel.staleness, accel.score) == (0.8, 0.3, 0.3, "pvl")
    assert paper["plr"].replay.robust is False
    assert paper["repaired"].replay.probability == 0.95
