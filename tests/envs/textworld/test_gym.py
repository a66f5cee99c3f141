"""The replacement for `textworld.gym`: the same agent gives the same commands and gets the same scores."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import textworld.gym
from real import cooking_game

from ige.envs.textworld import gym as ours

BASICS = ("admissible_commands", "won", "lost", "moves", "max_score", "objective", "last_command")
FIXED = ("command_templates", "entities", "typed_entities", "verbs")
WALKTHROUGH = "walkthrough"


@pytest.fixture(scope="module")
def games(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("games")
    paths = [str(folder / f"{seed}.json") for seed in (3, 4, 5)]
    for seed, path in zip((3, 4, 5), paths, strict=True):
        cooking_game(seed).save(path)
    return paths


class RandomAgent(textworld.gym.Agent):
    """As in TextWorld's documentation: a random admissible command."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(1)

    @property
    def infos_to_request(self) -> textworld.EnvInfos:
        return textworld.EnvInfos(**dict.fromkeys((*BASICS, *FIXED), True), extras=["recipe", "nothing"])

    def act(self, obs: str, score: int, done: bool, infos: dict[str, Any]) -> str:
        return str(self.rng.choice([c for c in infos["admissible_commands"] if c != "prepare meal"]))


def told(infos: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if "entities" in name else value for name, value in infos.items()}


def episodes(gym: ModuleType, games: list[str], agent: RandomAgent, n: int) -> Iterator[Any]:
    """The example's loop."""
    env_id = gym.register_games(games, agent.infos_to_request, max_episode_steps=30, name="example")
    env = gym.make(env_id)
    for _ in range(n):
        obs, infos = env.reset()
        yield told(infos)
        score, done = 0, False
        while not done:
            command = agent.act(obs, score, done, infos)
            obs, score, done, infos = env.step(command)
            yield command, score, done, told(infos)
    env.close()


def test_one_agent_on_both_sides(games: list[str]) -> None:
    theirs = list(episodes(textworld.gym, games, RandomAgent(), 7))
    found = list(episodes(ours, games, RandomAgent(), 7))
    assert found == theirs
    assert len(found) > 50


def test_batches(games: list[str]) -> None:
    """Without auto-reset, a finished game stays as it is."""

    def play(gym: ModuleType, auto_reset: bool) -> list[Any]:
        wanted = textworld.EnvInfos(admissible_commands=True, moves=True)
        options = {"batch_size": 2, "auto_reset": auto_reset, "max_episode_steps": 3, "asynchronous": False}
        env = gym.make(gym.register_games(games, wanted, **options))
        _, infos = env.reset()
        seen = [infos]
        for _ in range(6):
            commands = [infos["admissible_commands"][0][0], "look"]
            _, scores, dones, infos = env.step(commands)
            seen.append((list(scores), list(dones), infos))
        return seen

    for auto_reset in (False, True):
        assert play(ours, auto_reset) == play(textworld.gym, auto_reset)


def test_the_walkthrough_wins(games: list[str]) -> None:
    env = ours.make(
        ours.register_game(games[0], ours.EnvInfos(won=True, feedback=True, score=True, extras=[WALKTHROUGH]))
    )
    obs, infos = env.reset()
    assert "delicious meal" in obs
    last: Any = None
    for command in infos[f"extra.{WALKTHROUGH}"]:
        last = env.step(command)
    obs, score, done, infos = last
    assert (done, infos["won"]) == (True, True)
    assert score == infos["score"] > 0
    assert infos["feedback"] == obs
    assert env.render("text") == f"> eat meal\n{obs}\n\n"


def test_what_is_seen(games: list[str]) -> None:
    wanted = ours.EnvInfos(description=True, inventory=True, location=True, facts=True)
    env = ours.make(ours.register_game(games[0], wanted))
    obs, infos = env.reset()
    assert infos["description"] in obs
    assert infos["location"] in infos["description"].lower()
    theirs = textworld.start(games[0], textworld.EnvInfos(facts=True)).reset()
    expected = {
        (f.name, tuple((v.name, v.type) for v in f.arguments))
        for f in theirs["facts"]
        if not any(v.type == "slot" for v in f.arguments)
    }
    assert {(f.name, tuple(map(tuple, f.arguments))) for f in infos["facts"]} == expected
    obs, *_ = env.step("look")
    assert obs == infos["description"]
    obs, _, _, after = env.step("dance")
    assert dict(after) == infos
    assert obs


def test_bad_requests(games: list[str]) -> None:
    with pytest.raises(ValueError, match="request_infos: policy_commands is not supported"):
        ours.register_game(games[0], textworld.EnvInfos(policy_commands=True))
    with pytest.raises(ValueError, match="request_infos: found dict, expected an EnvInfos"):
        ours.register_game(games[0], {"won": True})
    with pytest.raises(ValueError, match="gamefiles: found 'one', expected a list of paths"):
        ours.register_games("one")
    with pytest.raises(ValueError, match="batch_size: 0, expected at least 1"):
        ours.register_games(games, batch_size=0)
    with pytest.raises(ValueError, match="wrappers: found 1"):
        ours.register_games(games, wrappers=[object])
    with pytest.raises(ValueError, match="id: 'tw-none-v0', expected"):
        ours.make("tw-none-v0")
    env = ours.make(ours.register_games(games, batch_size=2))
    with pytest.raises(RuntimeError, match="reset comes first"):
        env.step(["look", "look"])
    env.reset()
    with pytest.raises(ValueError, match="expected a list of 2"):
        env.step("look")
    with pytest.raises(ValueError, match="mode: 'html', expected"):
        env.render("html")
