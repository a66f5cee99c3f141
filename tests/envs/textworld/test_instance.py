"""A game from outside the pool: there is one slot, observations stay in their space, snapshots know their game."""

from __future__ import annotations

import copy
import math
import pickle
from dataclasses import replace
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.textworld import Game
from ige.envs.textworld.env import OBS_MODES, TextWorld, TextWorldVector
from ige.envs.textworld.game import Entity
from ige.envs.textworld.generate import generate

POOL: dict[str, Any] = {"level": 6, "games": 2}


def drawn(seed: int, level: int = 2) -> Game:
    return generate("treasure_hunter", np.random.default_rng(seed), level=level)


def renamed(game: Game, **names: str) -> Game:
    """The game with other names for its things."""
    return replace(
        game, entities={id: replace(e, name=names.get(id, e.name)) for id, e in game.entities.items()}, walkthrough=()
    )


def endless(game: Game) -> Game:
    """The game with a quest that pays again and again."""
    return replace(game, quests=(*game.quests, replace(game.quests[0], optional=True, repeatable=True)))


def vector(**arguments: Any) -> TextWorldVector:
    return TextWorldVector(3, autoreset_mode=gym.vector.AutoresetMode.DISABLED, **POOL | arguments)


@pytest.mark.parametrize("obs_mode", OBS_MODES)
def test_observations_stay_in_their_space_and_nothing_grows(obs_mode: str) -> None:
    env, rows = TextWorld(**POOL, obs_mode=obs_mode), vector(obs_mode=obs_mode)
    sizes = set()
    for seed in range(6):
        game = drawn(seed)
        observation, _ = env.reset(seed=seed, options={"instance": game})
        assert observation in env.observation_space
        assert env.game == game
        for command in game.walkthrough:
            assert env.step(command)[0] in env.observation_space
        many, _ = rows.reset(seed=seed, options={"instance": game})
        assert many in rows.observation_space
        assert rows.step(np.arange(3))[0] in rows.observation_space
        sizes.add((len(env.games), len(rows.single.games)))
    assert sizes == {(3, 3)}
    assert len(env.pool) == 2
    env.reset(seed=0)
    assert env.game in [g.game for g in env.pool]


def test_the_same_game_again_costs_nothing() -> None:
    env = TextWorld(**POOL)
    env.reset(options={"instance": drawn(0)})
    table = env.params.table
    env.reset(options={"instance": drawn(0).to_json()})
    assert env.params.table is table
    env.reset(options={"instance": env.pool[1].game})
    assert env.params.table is table
    assert env.get_state()["game"] == 1


def test_a_snapshot_knows_its_game() -> None:
    env, other = TextWorld(**POOL), TextWorld(**POOL)
    env.reset(seed=0)
    home = env.get_state()
    env.reset(seed=0, options={"instance": drawn(0)})
    one = env.get_state()
    env.set_state(one)
    env.reset(seed=0, options={"instance": drawn(1)})
    two = env.get_state()
    for target in (env, other, TextWorld(**POOL | {"game_seed": 1})):
        before = target.get_state()
        with pytest.raises(ValueError, match="^state: found a snapshot of"):
            target.set_state(one)
        assert target.get_state().tobytes() == before.tobytes()
    stored = pickle.loads(pickle.dumps(one))  # its dtype is equal, but not the same object
    with pytest.raises(ValueError, match="^state: found a snapshot of"):
        env.set_state(stored)
    for state in (home, two):
        env.set_state(state)
        assert env.get_state().tobytes() == state.tobytes()
    other.set_state(home)
    for copied in (copy.deepcopy(env), pickle.loads(pickle.dumps(env))):
        assert copied.game == drawn(1)
        assert copied.describe() == env.describe()
        copied.set_state(home)
    rows = vector()
    rows.reset(seed=0)
    before = rows.get_state()
    with pytest.raises(ValueError, match="^state: found a snapshot of a game that was given"):
        rows.set_state(np.array([home, home, two]))
    assert rows.get_state().tobytes() == before.tobytes()
    rows.set_state(np.array([home, home, home]))


@pytest.mark.parametrize("obs_mode", OBS_MODES)
def test_a_refused_reset_leaves_the_game_in_its_place(obs_mode: str) -> None:
    """Whatever is wrong: the game, the seed, or anything else."""
    env, twin = TextWorld(**POOL, obs_mode=obs_mode), TextWorld(**POOL, obs_mode=obs_mode)
    for each in (env, twin):
        each.reset(seed=0, options={"instance": drawn(0)})
    for seed, instance in ((0, drawn(0, level=30)), (-1, drawn(1)), ("x", drawn(2))):
        with pytest.raises((ValueError, TypeError, gym.error.Error)):
            env.reset(seed=seed, options={"instance": instance})  # type: ignore[arg-type]
        assert env.get_state().tobytes() == twin.get_state().tobytes()
        assert env.game == twin.game
    for _ in range(3):
        action = int(np.flatnonzero(env.action_masks())[0])
        assert str(env.step(action)) == str(twin.step(action))


def test_what_an_observation_has_no_room_for_is_refused_by_name() -> None:
    small = drawn(0, level=1)
    roomy = TextWorld(game=[drawn(0, level=12)], obs_mode="symbolic")
    tiny = TextWorld(game=[small], obs_mode="symbolic")
    roomy.reset(options={"instance": small})
    with pytest.raises(ValueError, match="^options: instance: .* expected at most"):
        tiny.reset(options={"instance": drawn(0, level=12)})
    ids = [e.id for e in small.entities.values() if e.type == "r"]
    many = replace(
        small, entities={**small.entities, **{f"r_x{i}": Entity(f"r_x{i}", "r", f"room {i}") for i in range(40)}}
    )
    assert ids
    with pytest.raises(ValueError, match=r"^options: instance: \d+ rooms, expected at most"):
        tiny.reset(options={"instance": many})
    strange = renamed(small, **{ids[0]: "комната"})
    with pytest.raises(ValueError, match="^options: instance: found the letter '[а-яА-Я]'"):
        TextWorld(game=[small]).reset(options={"instance": strange})
    env = TextWorld(game=[strange])
    assert env.reset()[0] in env.observation_space


def test_rows_that_play_a_given_game_keep_it() -> None:
    rows = vector()
    rows.reset(seed=0, options={"instance": drawn(0)})
    before = rows.get_state()
    only = np.array([True, False, False])
    with pytest.raises(ValueError, match=r"^options: instance: rows \[1, 2\] are in another game that was given"):
        rows.reset(options={"instance": drawn(1), "reset_mask": only})
    assert rows.get_state().tobytes() == before.tobytes()
    assert rows.single.games[2].game == drawn(0)
    rows.reset(options={"instance": drawn(0), "reset_mask": only})
    rows.reset(options={"reset_mask": ~only})  # back to the pool
    rows.reset(options={"instance": drawn(1), "reset_mask": only})
    assert rows.single.games[2].game == drawn(1)


def test_rows_are_as_single_ones() -> None:
    game, rows = drawn(5), vector()
    observations, infos = rows.reset(seed=7, options={"instance": game})
    for i in range(3):
        env = TextWorld(**POOL)
        observation, info = env.reset(seed=7 + i, options={"instance": game})
        assert observation == observations[i]
        assert (info["action_mask"] == infos["action_mask"][i]).all()
        assert env.get_state().tobytes() == rows.get_state()[i].tobytes()


def test_digests_are_of_all_that_a_game_is() -> None:
    game = drawn(0)
    others = [
        drawn(1), replace(game, objective="Win."), replace(game, extras={"a": 1}),
        replace(game, logic=f"{game.logic} "), replace(game, facts=frozenset(sorted(game.facts)[1:])),
        renamed(game, P="me"), endless(game),
    ]  # fmt: skip
    assert len({g.digest for g in (game, *others)}) == 1 + len(others)
    assert Game.from_json(game.to_json()).digest == drawn(0).digest == game.digest


def test_points_without_end() -> None:
    finite, more = drawn(0), endless(drawn(1))
    assert more.max_score == math.inf
    env = TextWorld(game=[finite, more])
    told = {env.reset(seed=seed)[1]["max_score"] for seed in range(20)}
    assert told == {1.0, math.inf}
    rows = TextWorldVector(8, game=[finite, more])
    _, infos = rows.reset(seed=0)
    assert infos["max_score"].dtype == np.float64
    assert infos["max_score"].tolist() == [env.reset(seed=seed)[1]["max_score"] for seed in range(8)]
    plain = TextWorld(game=[finite])
    assert type(plain.reset()[1]["max_score"]) is int
    assert plain.reset(options={"instance": more})[1]["max_score"] == math.inf
    assert "max_score" in TextWorldVector(2, game=[finite]).reset()[1]


def test_commands_are_found_whatever_their_capitals_and_blanks() -> None:
    game = drawn(0)
    things = [e.id for e in game.entities.values() if game.grammar.is_a(e.type, "o")]
    names = dict(zip(things, ("USB  stick", "Straße", "usb stick"), strict=False))
    env = TextWorld(game=renamed(game, **names))
    env.reset(seed=0)
    for i, command in enumerate(env.commands()):
        assert env.parse_action(command) == env.parse_action(f"  {command} ") == i
        for said in (command.upper(), command.lower(), "  ".join(command.split())):
            meant = env.parse_action(said)
            assert env.commands()[meant].casefold().split() == command.casefold().split()
