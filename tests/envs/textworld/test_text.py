"""What the player reads: every visible change shows, hidden things do not, and Inform's notation is understood."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.textworld.generate import generate
from ige.envs.textworld.text import Texts, a, series

SETTINGS: list[dict[str, Any]] = [
    {"challenge": "treasure_hunter", "level": 22},
    {"challenge": "cooking", "recipe": 3, "take": 3, "go": 6, "open": True, "cook": True, "cut": True},
    {"challenge": "simple"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: s["challenge"])
def test_what_is_seen_changes_exactly_when_the_text_does(settings: dict[str, Any]) -> None:
    env = gym.make("ige/TextWorld-v0", **settings, games=2, max_steps=1000).unwrapped
    rng = np.random.default_rng(0)
    changed = 0
    for episode in range(4):
        _, info = env.reset(seed=episode)
        before = None
        for _ in range(150):
            texts, facts = env.texts(), env.current_facts()
            now = texts.visible(facts), env.describe()
            if before is not None:
                assert (now[0] != before[0]) == (now[1] != before[1]), info
                changed += now[0] != before[0]
            before = now
            commands = [c for c in info["admissible_commands"] if not c.startswith(("examine", "look", "eat", "drink"))]
            *_, terminated, _, info = env.step(commands[rng.integers(len(commands))])
            if terminated:
                break
    assert changed > 50


def test_a_closed_container_keeps_its_secret() -> None:
    env = gym.make("ige/TextWorld-v0", challenge="cooking", recipe=5, take=5, open=True, games=1).unwrapped
    env.reset(seed=0)
    facts = env.current_facts()
    fridge = next(f[1] for f in facts if f[0] == "closed" and env.game.name(f[1]) == "fridge")
    inside = [env.game.name(f[1]) for f in facts if f[0] == "in" and f[2] == fridge]
    assert inside
    while env.game.name(env.grounded.rooms[int(env.get_state()["room"])]) != "kitchen":
        moves = [c for c in env.admissible_commands() if c.startswith(("go ", "open "))]
        env.step(moves[0])
    assert "closed fridge" in env.describe()
    assert not any(name in env.describe() for name in inside)
    text, *_ = env.step("open fridge")
    assert all(name in text for name in inside)


def test_the_files_own_text_is_rendered_from_informs_notation() -> None:
    game = generate("cooking", np.random.default_rng(0), recipe=5, take=5, open=True)
    fridge = next(e.id for e in game.entities.values() if e.name == "fridge")
    kitchen = next(e for e in game.entities.values() if e.name == "kitchen")
    told = (
        f"You see [if {fridge} is locked]a locked[else if {fridge} is open]an opened[otherwise]a closed[end if] fridge."
        f"[if {fridge} is open and there is something in the {fridge}] It contains [a list of things in the {fridge}]."
        f"[end if][if {fridge} is open and the {fridge} contains nothing] It is bare.[end if]"
    )
    game = replace(game, entities={**game.entities, kitchen.id: replace(kitchen, description=told)})
    texts = Texts(game)
    shut = frozenset({*(f for f in game.facts if f[:2] != ("at", "P")), ("at", "P", kitchen.id)})
    assert "You see a closed fridge." in texts.description(shut)
    opened = (shut - {("closed", fridge)}) | {("open", fridge)}
    assert "You see an opened fridge. It contains" in texts.description(opened)
    bare = frozenset(f for f in opened if not (f[0] == "in" and f[2] == fridge))
    assert "You see an opened fridge. It is bare." in texts.description(bare)
    assert "[" not in texts.description(bare)


def test_unknown_notation_falls_back_to_our_own_words() -> None:
    game = generate("cooking", np.random.default_rng(0), open=True)
    room = next(f[2] for f in game.facts if f[:2] == ("at", "P"))
    entity = replace(game.entities[room], description="[if the moon is full]Wolves howl.[end if]")
    text = Texts(replace(game, entities={**game.entities, room: entity})).description(game.facts)
    assert "[" not in text
    assert text == Texts(game).description(game.facts)


def test_articles_and_lists() -> None:
    assert (a("apple"), a("key")) == ("an apple", "a key")
    assert series(["a", "b", "c"]) == "a, b and c"
    assert series(["a"]) == "a"
