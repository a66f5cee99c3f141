"""Tallying bandits: costs against a plain re-computation, the optimum against all sequences, mistakes in one line."""

from __future__ import annotations

from itertools import product
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ige  # noqa: F401
from ige.envs.bandits import oracle
from ige.envs.bandits.tallying import Arms


def make(**arguments: Any) -> Any:
    return gym.make("ige/TallyingBandit-v0", disable_env_checker=True, **arguments).unwrapped


def expected(losses: np.ndarray, weights: np.ndarray, actions: list[int]) -> list[float]:
    """The expected loss of each pull, from the definition: the weights of the same arm's pulls among the last m."""
    found = []
    knots = np.linspace(0, 1, losses.shape[1]) if losses.shape[1] > 1 else np.array([0.0])
    for t, arm in enumerate(actions):
        tally = sum(w for j, w in enumerate(weights) if t - j >= 0 and actions[t - j] == arm)
        found.append(float(np.interp(tally / weights.sum(), knots, losses[arm])))
    return found


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_costs_follow_the_definition(data: st.DataObject) -> None:
    memory, knots = data.draw(st.sampled_from([(1, 1), (3, 3)]))  # every size is compiled for
    weights = np.array(sorted(data.draw(st.lists(st.floats(0, 1), min_size=memory, max_size=memory)), reverse=True))
    weights[0] += 0.1
    env = make(arms=3, memory=memory, weights=weights, kind="random", knots=knots, horizon=30)
    env.reset(seed=data.draw(st.integers(0, 99)))
    actions = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=30))
    losses = env.instance.losses
    infos = [env.step(a)[4] for a in actions]
    assert np.allclose([i["oracle_loss"] for i in infos], expected(losses, weights, actions), atol=1e-12)
    assert all(i["oracle_best"] <= i["oracle_loss"] + 1e-12 for i in infos)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(1, 7), st.integers(0, 999), st.booleans())
def test_the_optimum_is_that_of_all_sequences(memory: int, rounds: int, seed: int, falling: bool) -> None:
    weights = 0.5 ** np.arange(memory) if falling else np.ones(memory)
    losses = np.random.default_rng(seed).random((2, 3))
    best = min(sum(expected(losses, weights, list(actions))) for actions in product(range(2), repeat=rounds))
    assert oracle.optimum(losses, weights, rounds) == pytest.approx(best, abs=1e-12)


def test_where_all_memories_can_be_seen_the_comparator_is_the_optimum() -> None:
    env = make(arms=3, memory=3, horizon=40)
    env.reset(seed=0)
    comparator = env.comparator()
    assert comparator.exact
    assert comparator.loss == oracle.optimum(env.instance.losses, np.ones(3), 40)
    practised = int(env.instance.losses[:, -1].argmin())
    assert comparator.loss == pytest.approx(sum(env.step(practised)[4]["oracle_loss"] for _ in range(40)))


def test_where_not_all_memories_can_be_seen_the_comparator_is_a_bound() -> None:
    env = make(memory=20, horizon=200)
    env.reset(seed=3)
    comparator = env.comparator()
    assert not comparator.exact
    practised = int(env.instance.losses[:, -1].argmin())
    lost = sum(env.step(practised)[4]["oracle_loss"] for _ in range(200))
    assert comparator.loss == pytest.approx(200 * 0.2)
    assert comparator.loss <= lost <= comparator.loss + 20 * 0.7


def test_a_drifting_comparator_is_the_sum_of_what_each_round_allowed() -> None:
    env = make(memory=1, drift=0.05, kind="constant", noise="bernoulli", horizon=50)
    env.reset(seed=5)
    before = env.comparator().loss
    best = [env.step(t % 2)[4]["oracle_best"] for t in range(50)]
    assert sum(best) == pytest.approx(before) == pytest.approx(env.comparator().loss)
    assert env.comparator().exact
    assert np.ptp(best) > 0.01


def test_with_a_memory_of_one_arms_are_ordinary() -> None:
    env = make(memory=1, noise="bernoulli", horizon=5000, kind="constant")
    env.reset(seed=0)
    costs = np.array([-env.step(0)[1] for _ in range(5000)])
    assert set(np.unique(costs)) == {0.0, 1.0}
    assert costs.mean() == pytest.approx(env.instance.losses[0, -1], abs=0.03)


def test_gaussian_noise_has_its_deviation() -> None:
    env = make(memory=1, deviation=0.3, horizon=5000)
    env.reset(seed=0)
    costs = np.array([-env.step(1)[1] for _ in range(5000)])
    assert costs.std() == pytest.approx(0.3, rel=0.05)


def test_single_pulls_rank_the_practice_arm_last_and_practice_makes_it_the_best() -> None:
    env = make()
    for seed in range(20):
        env.reset(seed=seed)
        losses = env.instance.losses
        best = int(losses[:, -1].argmin())
        assert losses[best].tolist() == pytest.approx([0.9, 0.2])
        assert losses[best, 0] >= losses[:, 0].max()
        assert np.delete(losses, best, 0).min() >= 0.3 - 1e-9


@pytest.mark.parametrize("observation", ["tally", "history"])
def test_observations_show_the_memory(observation: str) -> None:
    weights = (1.0, 0.5, 0.25)
    env = make(arms=3, memory=3, weights=weights, observation=observation)
    shown, _ = env.reset(seed=0)
    assert (shown == (0 if observation == "tally" else -1)).all()
    for action in (2, 0, 2, 1):
        shown = env.step(action)[0]
    if observation == "history":
        assert shown.tolist() == [1, 2, 0]
    else:
        assert shown == pytest.approx(np.array([0.25, 1.0, 0.5]) / 1.75)


def test_observations_do_not_depend_on_what_is_hidden() -> None:
    """Two instances that differ, the same actions: what is seen is the same, since it tells of actions only."""
    seen = []
    for losses in ([[0.1, 0.1], [0.9, 0.2]], [[0.7, 0.3], [0.4, 0.4]]):
        env = make(memory=3, observation="history", instance=Arms(np.array([*losses, [0.5, 0.5]])))
        env.reset(seed=0)
        seen.append([env.step(a)[0].tolist() for a in (0, 1, 1, 0)])
    assert seen[0] == seen[1]


def test_interleaving_two_environments_changes_neither() -> None:
    def play(env: Any, t: int) -> float:
        return env.step(t % 10)[1]

    alone = []
    for seed in (1, 2):
        env = make()
        env.reset(seed=seed)
        alone.append([play(env, t) for t in range(50)])
    one, other = make(), make()
    one.reset(seed=1)
    other.reset(seed=2)
    both = [(play(one, t), play(other, t)) for t in range(50)]
    assert [list(stream) for stream in zip(*both, strict=True)] == alone


def test_instances_travel_as_json() -> None:
    env = make(arms=3, memory=3, knots=3, kind="random")
    env.reset(seed=1)
    again = Arms.from_json(env.instance.to_json())
    env.reset(options={"instance": again})
    assert (env.instance.losses == again.losses).all()
    env.reset(options={"instance": again.as_dict()})
    assert (env.instance.losses == again.losses).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"instance": {"losses": [[0.5, 1.5]]}}, r"^instance: losses\[0\]\[1\]: 1.5, expected a number from 0 to 1$"),
        ({"instance": {"losses": [[0.5, float("nan")]]}}, r"^instance: losses\[0\]\[1\]: nan, expected a number"),
        ({"instance": {"loss": [[0.5]]}}, r"^instance: loss: Arms has no such field, expected one of losses$"),
        ({"memory": 3, "weights": [1, 0.5, 0.7]}, r"^weights\[2\]: 0.7, expected at most weights\[1\], 0.5$"),
        ({"memory": 2, "weights": [1, 0.5, 0.2]}, r"^weights: shape \(3,\), expected \(2\)$"),
        ({"memory": 2, "weights": [0, 0]}, r"^weights\[0\]: 0, expected more"),
        ({"memory": 0}, r"^memory: 0, expected an integer of at least 1$"),
        ({"arms": 1}, r"^arms: 1, expected an integer of at least 2$"),
        ({"noise": "cauchy"}, r"^noise: 'cauchy', expected one of 'gaussian', 'bernoulli'$"),
        ({"deviation": -0.1}, r"^deviation: -0.1, expected a number of at least 0$"),
    ],
)
def test_mistakes(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**arguments)


def test_a_wrong_instance_for_a_reset() -> None:
    env = make(arms=3, memory=3)
    with pytest.raises(ValueError, match=r"^options: instance: losses: shape \(2, 2\), expected \(3, 2\)$"):
        env.reset(options={"instance": Arms(np.ones((2, 2)))})


def test_words() -> None:
    env = make(arms=3, memory=3)
    env.reset(seed=0)
    assert env.parse_action("pull 2") == env.parse_action(" 2 ") == env.parse_action(env.action_text(2)) == 2
    with pytest.raises(ValueError, match=r"^action: 'pull 3', expected 'pull NUMBER' with a number from 0 to 2$"):
        env.parse_action("pull 3")
    env.step(2)
    assert "arm 2: 1 pull, mean cost" in env.describe()
    assert env.feedback().startswith("Arm 2 cost")
    assert env.frame().shape[2] == 3
