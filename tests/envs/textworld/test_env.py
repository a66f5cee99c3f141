"""`ige/TextWorld-v0`: commands in words, infos, the pool, instances, the three observations, bad input."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.textworld import Game
from ige.envs.textworld.generate import generate
from ige.envs.textworld.ground import Grounded
from ige.envs.textworld.oracle import Model, search

COOKING = {"challenge": "cooking", "recipe": 1, "take": 1, "go": 1, "cook": True}


def made(**arguments: Any) -> Any:
    return gym.make("ige/TextWorld-v0", **arguments).unwrapped


@pytest.fixture(scope="module")
def game() -> Game:
    return generate("treasure_hunter", np.random.default_rng(3), level=12)


def test_the_walkthrough_wins_and_earns_every_point() -> None:
    env = made(**COOKING, games=2)
    _, info = env.reset(seed=0)
    total = 0.0
    for command in env.game.walkthrough:
        assert command in info["admissible_commands"]
        text, reward, terminated, _, info = env.step(command)
        assert ("You have won" in text) == terminated
        total += reward
    assert terminated
    assert info["won"]
    assert info["is_success"]
    assert not info["lost"]
    assert total == info["score"] == info["max_score"] > 1
    assert info["moves"] == len(env.game.walkthrough)


def test_words_and_index_are_the_same_command(game: Game) -> None:
    one, other = made(game=game), made(game=game)
    one.reset(seed=0), other.reset(seed=0)
    for command in game.walkthrough:
        left = one.step(f"  {command.upper()} ")
        right = other.step(other.commands().index(command))
        assert left[0] == right[0]
        assert left[1:4] == right[1:4]


@pytest.mark.parametrize("command", ["dance", "", "go nowhere", "take the moon"])
def test_unknown_words_change_nothing_and_cost_a_step(game: Game, command: str) -> None:
    env = made(game=game, max_steps=2)
    _, before = env.reset(seed=0)
    key = env.state_key()
    text, reward, terminated, truncated, info = env.step(command)
    assert env.state_key() == key
    assert reward == 0
    assert not terminated
    assert not truncated
    assert info["illegal"]
    assert info["moves"] == 0
    assert info["admissible_commands"] == before["admissible_commands"]
    assert text.startswith(("I don't understand", "You can't"))
    assert env.step(command)[3]


def test_a_known_command_out_of_place_is_refused(game: Game) -> None:
    env = made(game=game)
    _, info = env.reset(seed=0)
    masked = next(c for c in env.commands() if c not in info["admissible_commands"])
    key = env.state_key()
    _, _, _, _, info = env.step(masked)
    assert info["illegal"]
    assert env.state_key() == key


def test_a_meal_is_refused_until_every_ingredient_is_as_the_recipe_asks() -> None:
    """TextWorld lists `prepare meal` once everything is carried, and its text engine then refuses."""
    env = made(**COOKING, games=1)
    env.reset(seed=0)
    plan = list(env.game.walkthrough)
    cook = next(i for i, command in enumerate(plan) if command.startswith("cook "))
    for command in plan[:cook]:
        _, _, _, _, info = env.step(command)
    assert "prepare meal" in info["admissible_commands"]
    before = env.state_key()
    text, reward, terminated, _, info = env.step("prepare meal")
    assert env.state_key() == before
    assert reward == 0
    assert not terminated
    assert not info["illegal"]
    assert info["moves"] == cook
    assert "recipe" in text
    for command in plan[cook:]:
        _, _, terminated, _, info = env.step(command)
    assert terminated
    assert info["won"]


def test_infos_by_their_names_in_textworld(game: Game) -> None:
    names = ("admissible_commands", "description", "inventory", "facts", "objective", "location", "last_command")
    env = made(game=game, infos=names)
    _, info = env.reset(seed=0)
    assert set(names) <= set(info)
    assert info["objective"] == game.objective
    assert info["last_command"] == ""
    assert info["location"] in game.name(next(f[2] for f in info["facts"] if f[:2] == ("at", "P")))
    _, _, _, _, info = env.step("look")
    assert info["last_command"] == "look"


def test_an_instance_joins_the_pool_and_the_vector_plays_it_too() -> None:
    small = generate("treasure_hunter", np.random.default_rng(9), level=1)
    env = made(level=3, games=2)
    env.reset(seed=0, options={"instance": small})
    assert env.game == small
    for command in small.walkthrough:
        *_, info = env.step(command)
    assert info["won"]
    env.reset(seed=0)
    assert env.game != small
    vector = gym.make_vec("ige/TextWorld-v0", 3, vectorization_mode="vector_entry_point", level=3, games=2)
    _, info = vector.reset(seed=0, options={"instance": small.to_json()})
    commands = Grounded(small).commands
    for command in small.walkthrough:
        assert info["action_mask"][:, commands.index(command)].all()
        *_, info = vector.step(np.full(3, commands.index(command)))
    assert info["won"].all()


def test_symbolic_facts_are_those_that_the_player_sees(game: Game) -> None:
    env = made(game=game, obs_mode="symbolic", infos=["description"])
    seen = set()
    observation, _ = env.reset(seed=0)
    for command in game.walkthrough:
        named = {env.facts_by_index()[i] for i in np.flatnonzero(observation["facts"])}
        assert named <= env.current_facts()
        assert all(f[:1] != ("at",) or f[2] == env.grounded.rooms[observation["room"]] for f in named)
        seen |= named
        observation, *_ = env.step(command)
    assert {f for f in seen if f[0] in ("at", "in", "on") and f[1] != "P"}


def test_tokens_are_words_of_what_is_seen(game: Game) -> None:
    env = made(game=game, obs_mode="tokens")
    observation, _ = env.reset(seed=0)
    words = {env.vocabulary[k] for k in observation["goal"] if k}
    assert words
    assert words <= set(env.vocabulary)
    assert "" not in words
    before = observation["tokens"].copy()
    move = next(c for c in env.admissible_commands() if c.startswith("go "))
    observation, *_ = env.step(move)
    assert (observation["tokens"] != before).any()


def test_seeds_draw_different_games() -> None:
    env = made(level=2, games=4)
    assert len({env.reset(seed=seed)[0] for seed in range(20)}) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"challenge": "chess"}, "challenge"),
        ({"level": 31}, "level"),
        ({"challenge": "coin_collector", "level": 0}, "level"),
        ({"challenge": "cooking", "recipe": 6}, "recipe"),
        ({"challenge": "cooking", "go": 1.0}, "go"),
        ({"challenge": "cooking", "go": 2}, "go"),
        ({"lvl": 3}, "lvl"),
        ({"obs_mode": "pixels"}, "obs_mode"),
        ({"infos": ["smell"]}, "infos"),
        ({"infos": 0}, "infos"),
        ({"games": 0}, "games"),
        ({"max_steps": 0}, "max_steps"),
        ({"game": []}, "game"),
        ({"game": 3}, "game"),
        ({"game": "no/such/game.json"}, "no/such/game.json"),
    ],
)
def test_bad_arguments_are_named_in_one_line(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        made(**arguments)
    assert "\n" not in str(caught.value)


def test_an_instance_that_is_too_large_is_refused() -> None:
    env = made(level=1, games=1)
    large = generate("treasure_hunter", np.random.default_rng(0), level=30)
    with pytest.raises(ValueError, match="options: instance: .* expected at most"):
        env.reset(options={"instance": large})
    env.reset(seed=0)


def test_search_finds_a_win_no_longer_than_the_walkthrough(game: Game) -> None:
    grounded = Grounded(game)
    found = search(grounded)
    assert found is not None
    assert Model(grounded).wins(found)
    assert len(found) <= len(game.walkthrough)
    assert search(grounded, limit=2) is None


def test_the_model_of_the_oracle_moves_as_the_kernel_does() -> None:
    env = made(**COOKING | {"drop": True, "cut": True}, games=1, max_steps=10_000)
    model = Model(env.pool[0])
    rng = np.random.default_rng(0)
    for episode in range(20):
        env.reset(seed=episode)
        state = model.start()
        for _ in range(40):
            after = dict(model.successors(state))
            changing = sorted(after)
            assert set(changing) <= set(env.admissible_commands())
            command = changing[rng.integers(len(changing))]
            state = after[command]
            *_, terminated, _, info = env.step(command)
            assert env.current_facts() == env.pool[0].true([i for i in range(2048) if state.facts >> i & 1])
            assert (info["won"], info["lost"]) == (model.is_won(state), model.is_lost(state))
            if terminated:
                break
