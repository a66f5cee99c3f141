"""Generated games: their walkthroughs win, and they match their settings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

import ige  # noqa: F401
from ige.envs.textworld import Game
from ige.envs.textworld.cooking import CUT, preparations
from ige.envs.textworld.generate import CHALLENGES, generate
from ige.envs.textworld.grammar import Fact, Rule, parse
from ige.envs.textworld.maps import articulation_points
from ige.envs.textworld.rules import STANDARD, cooking_rules


def make(challenge: str, seed: int = 0, **settings: Any) -> Game:
    return generate(challenge, np.random.default_rng(seed), **settings)


# --- a reference interpreter: facts are a set, and rules are matched against it ---------------------------------------


def matches(game: Game, rule: Rule, command: str, facts: set[Fact]) -> Iterator[dict[str, str]]:
    """The ways to apply a rule whose words are the command."""

    def extend(rest: list[Fact], bound: dict[str, str]) -> Iterator[dict[str, str]]:
        if not rest:
            words = rule.command
            for placeholder, thing in bound.items():
                words = words.replace("{" + placeholder + "}", game.name(thing))
            if words == command:
                yield bound
            return
        fact = max(rest, key=lambda f: sum(t in bound for t in f[1:]) - (f[0] in ("free", "used")))
        for known in sorted(k for k in facts if k[0] == fact[0] and len(k) == len(fact)):
            new = dict(bound)
            for placeholder, thing in zip(fact[1:], known[1:], strict=True):
                kind = game.entities[thing].type
                other = placeholder in new or thing in new.values()
                if (other and new.get(placeholder) != thing) or not game.grammar.is_a(kind, rule.types[placeholder]):
                    break
                new[placeholder] = thing
            else:
                yield from extend([f for f in rest if f != fact], new)

    constants = {p: p for p, kind in rule.types.items() if p == kind and p in ("P", "I", "RECIPE")}
    yield from extend(list(rule.needs), constants)


def play(game: Game) -> tuple[int, bool, bool, int]:
    """Score, won and lost after the walkthrough, and the most things ever carried."""
    facts = set(game.facts)
    done: set[int] = set()
    lost, most = False, 0
    for command in game.walkthrough:
        verb = command.split()[0]
        rules = [r for r in game.grammar.rules.values() if r.command.split()[:1] == [verb]]
        found = next(((r, b) for r in rules for b in matches(game, r, command, facts)), None)
        assert found is not None, f"{command!r} is not possible in {game.walkthrough}"
        rule, bound = found
        facts -= {(f[0], *(bound[t] for t in f[1:])) for f in rule.removed}
        facts |= {(f[0], *(bound[t] for t in f[1:])) for f in rule.added}
        most = max(most, sum(f[0] == "in" and f[2] == "I" for f in facts if len(f) == 3))
        for i, quest in enumerate(game.quests):
            if i in done:
                continue
            lost |= any(set(event.facts) <= facts for event in quest.fail)
            if any(set(event.facts) <= facts for event in quest.win):
                done.add(i)
    score = sum(game.quests[i].reward for i in done)
    won = all(i in done for i, quest in enumerate(game.quests) if quest.win)
    return score, won, lost, most


def connections(game: Game) -> set[frozenset[str]]:
    """Pairs of connected rooms; no direction leads to two rooms, no two rooms are connected twice."""
    exits: set[tuple[str, str]] = set()
    pairs = set()
    for name, a, b in (f for f in game.facts if f[0] in ("north_of", "west_of")):
        ends = {(a, "south" if name == "north_of" else "east"), (b, "north" if name == "north_of" else "west")}
        assert not ends & exits
        assert frozenset((a, b)) not in pairs
        exits |= ends
        pairs.add(frozenset((a, b)))
    for fact in game.facts:
        if fact[0] == "free" and fact[1].startswith("r_"):
            assert ("free", fact[2], fact[1]) in game.facts
            assert frozenset(fact[1:]) in pairs
        if fact[0] == "link":
            assert ("link", fact[3], fact[2], fact[1]) in game.facts
            assert frozenset((fact[1], fact[3])) in pairs
    return pairs


def names_are_unique(game: Game) -> bool:
    names = [e.name for e in game.entities.values() if e.name]
    return len(names) == len(set(names))


def check(game: Game) -> int:
    """Check that the game is complete and its walkthrough wins; return the most things carried on the way."""
    game.check()
    connections(game)
    assert names_are_unique(game)
    assert game.objective or game.extras["settings"].get("goal") == "none"
    score, won, lost, most = play(game)
    assert won
    assert not lost
    assert score == game.max_score
    return most


# --- rules ------------------------------------------------------------------------------------------------------------


def same_rules(ours: str, theirs: str, differ: set[str]) -> None:
    a, b = parse(ours), parse(theirs)
    assert a.parents == b.parents
    assert a.reverse == b.reverse
    assert {n for n in b.rules if n not in a.rules or not same_rule(a.rules[n], b.rules[n])} == differ
    assert set(a.rules) <= set(b.rules)


def same_rule(a: Rule, b: Rule) -> bool:
    def meaning(rule: Rule) -> tuple:
        return set(rule.needs), set(rule.added), set(rule.removed), rule.types, rule.command

    return meaning(a) == meaning(b)


def test_rules_mean_what_textworlds_mean() -> None:
    data = pytest.importorskip("textworld.generator.data")
    challenge = pytest.importorskip("textworld.challenges.tw_cooking.cooking")

    def text(path: str) -> str:
        return str(data.KnowledgeBase.load(logic_path=path, grammar_path=challenge.KB_GRAMMAR_PATH).logic.serialize())

    same_rules(STANDARD, str(data.KnowledgeBase.default().logic.serialize()), set())
    for drop, path in ((False, challenge.KB_LOGIC_PATH), (True, challenge.KB_LOGIC_DROP_PATH)):
        theirs = text(path)
        for recipe in range(1, 6):
            missing = {f"make/recipe/{n}" for n in range(1, 6) if n != recipe}
            # Theirs counts a slot twice.
            same_rules(cooking_rules(drop, recipe), theirs, missing | ({"make/recipe/4"} if drop else set()))


@pytest.mark.parametrize("recipe", range(1, 6))
def test_a_meal_takes_one_slot(recipe: int) -> None:
    rule = parse(cooking_rules(True, recipe)).rules[f"make/recipe/{recipe}"]
    slots = {p for p, kind in rule.types.items() if kind == "slot"}
    assert sum(f[0] == "free" and f[1] in slots for f in rule.added) == recipe - 1
    assert sum(f[0] == "used" and f[1] in slots for f in rule.removed) == recipe - 1


# --- challenges -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("challenge", CHALLENGES)
def test_same_generator_same_game(challenge: str) -> None:
    assert make(challenge, 3).to_json() == make(challenge, 3).to_json()
    assert len({make(challenge, seed).to_json() for seed in range(20)}) > 10
    assert Game.from_json(make(challenge).to_json()).facts == make(challenge).facts


@pytest.mark.parametrize("level", [1, 2, 20, 100, 101, 150, 201, 220, 299])
@pytest.mark.parametrize("distractors", ["fixed", "random"])
def test_coin_collector(level: int, distractors: str) -> None:
    game = make("coin_collector", level, level=level, distractors=distractors)
    check(game)
    chain, beside = (level - 1) % 100 + 1, (level - 1) // 100
    assert len(game.of_type("r")) == (beside + 1) * chain
    assert len(game.walkthrough) == chain
    assert ("at", "o_0", f"r_{chain - 1}") in game.facts
    degree = {room: sum(room in pair for pair in connections(game)) for room in game.of_type("r")}
    assert sum(degree.values()) == 2 * (len(degree) - 1)  # a tree
    if distractors == "fixed":
        inner = [beside + (i > 0) + (i < chain - 1) for i in range(chain)]
        assert [degree[f"r_{i}"] for i in range(len(degree))] == inner + [1] * (beside * chain)


@pytest.mark.parametrize("level", range(1, 31))
def test_treasure_hunter(level: int) -> None:
    mode, step = divmod(level - 1, 10)
    rooms, furniture, longest = ((5, 0, (1, 5)), (10, 10, (2, 10)), (20, 20, (3, 20)))[mode]
    unlocked = 0
    for seed in range(4):
        game = make("treasure_hunter", seed, level=level)
        check(game)
        assert len(game.walkthrough) == round(np.linspace(*longest, 10)[step])
        assert len(game.of_type("r")) == rooms
        assert len(game.of_type("c")) + len(game.of_type("s")) == furniture
        assert set(game.quests[0].win[0].facts).isdisjoint(game.quests[0].fail[0].facts)
        exits = [[int(b[2:]) for pair in connections(game) if a in pair for b in pair - {a}] for a in game.of_type("r")]
        cuts = {f"r_{room}" for room in articulation_points(exits)}
        doors = {frozenset((f[1], f[3])) for f in game.facts if f[0] == "link"}
        assert doors == ({pair for pair in connections(game) if pair <= cuts} if mode else set())
        matching = [f for f in game.facts if f[0] == "match"]
        assert mode == 2 or not matching
        assert len({f[2] for f in matching}) == len(matching) == len({f[1] for f in matching})
        unlocked += sum(command.startswith("unlock") for command in game.walkthrough)
    assert level < 29 or unlocked


def test_a_hunt_without_detours() -> None:
    """Each command other than a move is needed by the next such command or by the move that follows it."""
    for seed in range(60):
        words = [c.split() for c in make("treasure_hunter", seed, level=30).walkthrough]
        for i, word in enumerate(words[:-1]):
            then = next((w for w in words[i + 1 :] if w[0] != "go"), [])
            if word[0] == "unlock":
                assert then[:1] == ["open"]
            if word[0] == "take":
                assert then[0] == "unlock"
            if word[0] == "open":
                assert words[i + 1][0] == "go" or then[-1] == word[-1]


def test_treasure_hunter_by_its_settings() -> None:
    game = make("treasure_hunter", level=25, quest_length=6, n_rooms=12, n_furniture=3)
    check(game)
    assert len(game.walkthrough) == 6
    assert len(game.of_type("r")) == 12
    assert len(game.of_type("c")) + len(game.of_type("s")) == 3
    with pytest.raises(ValueError, match="^quest_length: found 9, expected"):
        make("treasure_hunter", quest_length=9, n_rooms=2)


@pytest.mark.parametrize(("go", "split"), list(product([1, 6, 9, 12], ["train", "valid", "test", None])))
def test_cooking(go: int, split: str | None) -> None:
    rng = np.random.default_rng(go)
    for recipe in range(1, 6):
        flags = {name: bool(rng.integers(2)) for name in ("open", "cook", "cut", "drop")}
        take = int(rng.integers(recipe + 1))
        game = make("cooking", recipe, recipe=recipe, take=take, go=go, split=split, **flags)
        most = check(game)
        assert len(game.of_type("r")) == go
        foods = {f[0]: f[1] for f in game.facts if f[0].startswith("ingredient_")}
        assert len(foods) == recipe
        assert sum(("in", food, "I") in game.facts for food in foods.values()) == recipe - take
        assert any(f[0] == "closed" for f in game.facts) == flags["open"]
        asked = {f[2]: f[1] for f in game.facts if f[0] == "base"}
        for ingredient, food in asked.items():
            ways = {f[0] for f in game.facts if f[1:] == (ingredient,)}
            preparation = next(p for p in preparations(game.name(food), split) if set(p) == ways)
            assert not (flags["cook"] and "raw" in ways)
            assert not (flags["cut"] and "uncut" in ways)
            assert flags["cook"] or preparation[0] == "raw" or (preparation[0], food) in game.facts
            assert flags["cut"] or preparation[1] == "uncut" or (preparation[1], food) in game.facts
            assert game.name(food) in game.extras["recipe"]
        assert game.max_score == take + recipe * (flags["cook"] + flags["cut"]) + 2  # all found, cooked, cut; meal
        hands = 2 if recipe == 1 and flags["cut"] else recipe
        assert len(game.entities) - sum(e.type != "slot" for e in game.entities.values()) == hands * flags["drop"]
        assert not flags["drop"] or most <= hands
        assert sum(f == ("used", s) for s in game.entities for f in game.facts) <= hands


def test_the_hardest_kitchen_scores_17() -> None:
    for seed in range(10):
        game = make("cooking", seed, recipe=5, go=12, open=True, cook=True, cut=True, drop=True)
        check(game)
        assert game.max_score == 17


def test_splits_share_no_preparation() -> None:
    every = preparations("carrot", None)
    parts = [preparations("carrot", split) for split in ("train", "valid", "test")]
    assert [len(part) for part in parts] == [9, 4, 3]
    assert sorted(sum(parts, ())) == sorted(every)
    assert preparations("egg", "train") == ()
    assert preparations("egg", "test") == preparations("egg", None)
    assert all(cut in CUT for _, cut in preparations("carrot", "train") if cut != "uncut")


@pytest.mark.parametrize(
    ("rewards", "goal", "test"),
    list(product(["dense", "balanced", "sparse"], ["detailed", "brief", "none"], [False, True])),
)
def test_simple(rewards: str, goal: str, test: bool) -> None:
    for seed in range(6):
        game = make("simple", seed, rewards=rewards, goal=goal, test=test)
        check(game)
        food = next(f[1] for f in game.quests[-1].fail[0].facts)
        assert test == (game.name(food) in ("garlic", "kiwi", "carrot"))
        assert {
            "dense": 7 <= game.max_score <= 10,
            "balanced": game.max_score in (3, 4),
            "sparse": game.max_score == 1,
        }[rewards]
        assert (goal == "none") == (game.objective == "")
        assert goal == "none" or game.name(food) in game.objective
        assert any(game.name(food) in e.description for e in game.entities.values() if e.name == "note")


@pytest.mark.parametrize(
    ("challenge", "settings", "message"),
    [
        ("chess", {}, "challenge: found 'chess', expected one of 'treasure_hunter'"),
        ("simple", {"level": 3}, "level: found a setting that simple lacks, expected one of rewards, goal, test"),
        ("simple", {"goal": "long"}, "goal: found 'long', expected one of 'detailed'"),
        ("simple", {"test": 1}, "test: found 1, expected True or False"),
        ("coin_collector", {"level": 0}, "level: found 0, expected a whole number from 1 to 300"),
        ("coin_collector", {"level": 301}, "level: found 301"),
        ("coin_collector", {"level": True}, "level: found True"),
        ("coin_collector", {"distractors": "none"}, "distractors: found 'none'"),
        ("treasure_hunter", {"level": 31}, "level: found 31, expected a whole number from 1 to 30"),
        ("treasure_hunter", {"n_rooms": 0}, "n_rooms: found 0"),
        ("treasure_hunter", {"n_furniture": -1}, "n_furniture: found -1"),
        ("cooking", {"recipe": 6}, "recipe: found 6, expected a whole number from 1 to 5"),
        ("cooking", {"recipe": 2, "take": 3}, "take: found 3, expected a whole number from 0 to 2"),
        ("cooking", {"go": 7}, "go: found 7, expected one of 1, 6, 9, 12"),
        ("cooking", {"cut": "yes"}, "cut: found 'yes', expected True or False"),
        ("cooking", {"split": "dev"}, "split: found 'dev', expected one of 'train'"),
    ],
)
def test_bad_settings(challenge: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="expected") as error:
        make(challenge, **settings)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
