"""Payment routing against an independent account of it: chances, masks, contexts, the comparator, bad input."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import ige  # noqa: F401
from ige.envs.bandits.payment import Routing

ID = "ige/PaymentRouting-v0"


def make(**kwargs: Any) -> Any:
    return gym.make(ID, disable_env_checker=True, **kwargs)


def play(env: Any, seed: int, choose: Any) -> list[tuple[Any, int, tuple[Any, ...]]]:
    """The whole episode: what was shown, the action, what the step returned."""
    shown, _ = env.reset(seed=seed)
    rounds, over = [], False
    while not over:
        action = choose(shown)
        outcome = env.step(action)
        rounds.append((shown, action, outcome))
        shown, over = outcome[0], outcome[3]
    return rounds


def first(shown: Any) -> int:
    return int(np.flatnonzero(shown["action_mask"])[0])


def last(shown: Any) -> int:
    return int(np.flatnonzero(shown["action_mask"])[-1])


def chance(routing: Routing, x: Any) -> Any:
    """Written down once more, action by action."""
    found = []
    for a in range(len(routing.bias)):
        logit = routing.base + routing.bias[a]
        for k, value in enumerate(np.float64(x)):
            logit += value * routing.common[k] + value * routing.weights[a][k]
            logit += (abs(value) - np.sqrt(2 / np.pi)) * routing.curve[a][k]
        found.append(1 / (1 + np.exp(-logit)))
    return np.array(found)


@pytest.mark.parametrize("misspecified", [False, True])
def test_losses_are_those_of_the_instance(misspecified: bool) -> None:
    env = make(horizon=200, misspecified=misspecified)
    rounds = play(env, 3, last)
    routing = env.unwrapped.instance
    assert routing.curve.any() == misspecified
    for shown, action, (*_, info) in rounds:
        chances = chance(routing, shown["context"])
        assert np.allclose(chances, routing.success(shown["context"]))
        assert info["oracle_loss"] == pytest.approx(1 - chances[action])
        assert info["oracle_best"] == pytest.approx(1 - chances[shown["action_mask"] == 1].max())
        assert info["taken"] == action
        assert not info["invalid"]
        assert not info["illegal"]


def test_successes_come_as_often_as_they_should() -> None:
    envs = gym.make_vec(ID, num_envs=20_000, horizon=2)
    shown, _ = envs.reset(seed=0)
    assert np.allclose(shown["context"].mean(), 0, atol=0.01)
    assert np.allclose(shown["context"].std(), 1, atol=0.01)
    assert np.allclose(shown["action_mask"].mean(), 0.7, atol=0.01)
    actions = shown["action_mask"].argmax(1)
    _, reward, _, _, info = envs.step(actions)
    assert set(np.unique(reward)) == {0, 1}
    assert np.mean(reward - 1 + info["oracle_loss"]) == pytest.approx(0, abs=0.012)  # four standard errors


def test_some_action_is_always_available() -> None:
    envs = gym.make_vec(ID, num_envs=500, availability=0.0)
    mask = envs.reset(seed=0)[0]["action_mask"]
    assert (mask.sum(1) == 1).all()
    assert set(mask.argmax(1)) == set(range(6))


def test_payments_do_not_depend_on_actions_and_nothing_shown_on_what_is_hidden() -> None:
    """Other actions, other weights: the same payments. So what is shown tells nothing of the instance but rewards."""
    env = make(horizon=50)
    env.reset(seed=7)
    routing = env.unwrapped.instance
    other = Routing(routing.base, -routing.common, routing.weights[::-1], routing.bias + 1)

    def payments(instance: Routing, choose: Any) -> list[bytes]:
        shown, _ = env.reset(seed=1, options={"instance": instance})
        told = [shown]
        for _ in range(30):
            told.append(env.step(choose(told[-1]))[0])
        return [b"".join(part.tobytes() for part in shown.values()) for shown in told]

    expected = payments(routing, first)
    assert len(set(expected)) == 31
    assert payments(routing, last) == expected
    assert payments(other, first) == expected


def test_comparator_is_the_best_available_action_also_after_a_snapshot() -> None:
    env = make(horizon=60, misspecified=True)
    rounds = play(env, 5, first)
    routing = env.unwrapped.instance
    best = sum(1 - chance(routing, s["context"])[s["action_mask"] == 1].max() for s, _, _ in rounds)
    assert best == pytest.approx(sum(outcome[-1]["oracle_best"] for *_, outcome in rounds))
    env.reset(seed=5)
    env.step(0)
    saved = env.unwrapped.get_state()
    twin = make(horizon=60, misspecified=True)
    twin.unwrapped.set_state(saved)
    for core in (env.unwrapped, twin.unwrapped):
        found = core.comparator()
        assert found.exact
        assert found.loss == pytest.approx(best)


def test_an_action_that_is_not_available_falls_back_to_the_first_that_is() -> None:
    env = make(availability=0.3)
    shown, _ = env.reset(seed=0)
    fell = 0
    for _ in range(100):
        missing = np.flatnonzero(shown["action_mask"] == 0)
        if not len(missing):
            shown = env.step(0)[0]
            continue
        saved = env.unwrapped.get_state()
        expected = env.step(first(shown))
        env.unwrapped.set_state(saved)
        found = env.step(int(missing[-1]))
        assert found[1:4] == expected[1:4]
        assert found[4]["invalid"] is found[4]["illegal"] is True
        assert found[4]["taken"] == expected[4]["taken"] == first(shown)
        assert found[4]["oracle_loss"] == expected[4]["oracle_loss"]
        shown, fell = found[0], fell + 1
    assert fell > 50


def test_strict_refuses_it_in_both_faces() -> None:
    env = make(strict=True)
    shown, _ = env.reset(seed=4)
    while shown["action_mask"].all():
        shown = env.step(0)[0]
    missing = int(np.flatnonzero(shown["action_mask"] == 0)[0])
    known = ", ".join(map(str, np.flatnonzero(shown["action_mask"])))
    with pytest.raises(ValueError, match=f"^action: {missing} is not available, expected one of {known}$"):
        env.step(missing)
    env.step(first(shown))  # nothing happened
    envs = gym.make_vec(ID, num_envs=3, strict=True, horizon=2)
    shown, _ = envs.reset(seed=11)
    actions = shown["action_mask"].argmax(1)
    row = int(np.flatnonzero((shown["action_mask"] == 0).any(1))[-1])
    wrong = actions.copy()
    wrong[row] = (shown["action_mask"][row] == 0).argmax()
    with pytest.raises(ValueError, match=f"^actions: row {row}: {wrong[row]} is not available, expected one of "):
        envs.step(wrong)
    for _ in range(3):  # over the end: the action of a row that begins anew is not looked at
        shown, *_ = envs.step(np.where(envs.unwrapped._state["over"], 0, shown["action_mask"].argmax(1)))


def test_an_instance_is_data_and_can_be_played_again() -> None:
    env = make(misspecified=True, horizon=20)
    env.reset(seed=2)
    routing = env.unwrapped.instance
    again = Routing.from_json(routing.to_json())
    by_option = make(horizon=20)
    by_option.reset(seed=9, options={"instance": routing.as_dict()})
    by_argument = make(horizon=20, instance=again)
    by_argument.reset(seed=9)
    for other in (by_option, by_argument):
        for name, value in routing.as_dict().items():
            assert np.array_equal(getattr(other.unwrapped.instance, name), value)
    small = make(instance={"base": 0, "common": [1], "weights": [[1], [2]], "bias": [0, 0]})
    assert small.observation_space["context"].shape == (1,)
    assert small.action_space.n == 2


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"actions": 0}, "actions: 0, expected an integer of at least 1"),
        ({"features": 1.5}, "features: 1.5, expected an integer"),
        ({"horizon": 0}, "horizon: 0, expected"),
        ({"availability": 1.2}, "availability: 1.2, expected a number from 0 to 1"),
        ({"base": float("nan")}, "base: nan, expected a number"),
        ({"instance": {"base": 0}}, "instance: common: missing, expected all of base, common"),
        ({"instance": 3}, "instance: found int, expected Routing, a dictionary"),
        ({"instance": {"base": 0, "common": [1], "weights": [[1]], "bias": [np.nan]}}, r"instance: bias\[0\]: nan"),
        ({"instance": {"base": 0, "common": [1], "weights": [[1, 2]], "bias": [0]}}, r"instance: common: shape \(1,\)"),
        (
            {"actions": 3, "instance": {"base": 0, "common": [1], "weights": [[1]], "bias": [0]}},
            "instance: weights: sh",
        ),
    ],
)
def test_bad_arguments_are_named(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        make(**kwargs)


def test_text_face() -> None:
    env = make(horizon=2, features=2, actions=3, render_mode="rgb_array")
    core = env.unwrapped
    env.reset(seed=0)
    assert core.describe().startswith("Payment 1 of 2; 0 went through so far.\nfeatures: ")
    assert core.parse_action("route 2") == core.parse_action(" 2 ") == 2
    with pytest.raises(ValueError, match="^action: 'route 3', expected 'route NUMBER' with a number from 0 to 2$"):
        core.parse_action("route 3")
    before = env.render()
    total = sum(env.step(core.parse_action(core.action_text(0)))[1] for _ in range(2))
    assert core.describe() == f"Over: {total:.0f} of 2 payments went through."
    assert (env.render() != before).any()
