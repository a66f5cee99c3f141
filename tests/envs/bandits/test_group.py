"""GroupRegression beside NumPy on recorded streams, its secrets, tables of a user's, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import ige  # noqa: F401  (registers the id)
from ige.envs.bandits import kernel_group as kernel
from ige.envs.bandits.group import Regression
from ige.envs.testing import check

ID = "ige/GroupRegression-v0"
CSV = "age,sex,region,cost\n20,f,north,1\n35,m,north,4\n50,f,south,3\n65,m,south,9\n30,m,north,2\n41,f,north,5\n"


def stream(env: gym.Env[Any, Any], rounds: int, predict: float = 0.0) -> Iterator[tuple[dict[str, Any], float]]:
    """Observations, and the label that follows each."""
    observation = env.unwrapped.observe()[0]  # type: ignore[attr-defined]
    for _ in range(rounds):
        before = observation
        observation, *_ = env.step(np.array([predict]))
        yield before, observation["prev_y"][0]


def recorded(env: gym.Env[Any, Any], rounds: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    pairs = list(stream(env, rounds))
    x, groups = (np.array([shown[name] for shown, _ in pairs]) for name in ("x", "groups"))
    return x, groups, np.array([y for _, y in pairs])


def least_squares(x: NDArray[Any], groups: NDArray[Any], y: NDArray[Any]) -> list[float]:
    losses = []
    for held in groups.T == 1:
        fit = np.linalg.lstsq(x[held], y[held], rcond=None)[0]
        losses.append(float(((x[held] @ fit - y[held]) ** 2).sum()))
    return losses


@pytest.mark.parametrize(("rule", "drift"), [("mean", 0.0), ("min", 0.0), ("max", 0.02), ("permutation", 0.0)])
def test_the_comparator_is_least_squares_on_the_recorded_stream(rule: str, drift: float) -> None:
    env = gym.make(ID, d=5, rule=rule, drift=drift, horizon=400)
    env.reset(seed=5)
    middle = None
    x, groups, y = [], [], []
    for t, (shown, label) in enumerate(stream(env, 400)):
        x.append(shown["x"]), groups.append(shown["groups"]), y.append(label)
        if t == 150:  # the replay needs nothing but the record, at whatever round it was taken
            middle = env.unwrapped.get_state()
    expected = least_squares(np.array(x), np.array(groups), np.array(y))
    other = gym.make(ID, d=5, rule=rule, drift=drift, horizon=400)
    other.unwrapped.set_state(middle)
    for core in (env.unwrapped, other.unwrapped):
        found = core.comparator()
        assert found.exact
        np.testing.assert_allclose(found.loss, expected, rtol=1e-8, atol=1e-10)
        assert found.details["rounds"].tolist() == np.array(groups).sum(0).tolist()
    losses, rounds = env.unwrapped.hindsight([100, 400])
    np.testing.assert_allclose(losses[0], least_squares(np.array(x)[:100], np.array(groups)[:100], np.array(y)[:100]))
    assert rounds[0].tolist() == np.array(groups)[:100].sum(0).tolist()


@pytest.mark.parametrize("rule", ["mean", "min", "max", "permutation"])
def test_labels_follow_the_model(rule: str) -> None:
    """Without noise a label is what weights, order and range say."""
    env = gym.make(ID, d=5, rule=rule, noise=0, horizon=60)
    env.reset(seed=1)
    model: Regression = env.unwrapped.instance
    for shown, label in stream(env, 60):
        held = np.flatnonzero(shown["groups"][:-1])
        assert [np.searchsorted([0, 3, 5], held, "right").tolist(), shown["groups"][-1]] == [[1, 2], 1]
        np.testing.assert_array_equal(shown["x"][5:], shown["groups"][:-1])
        own = model.weights[held] @ shown["x"][:5]
        first = own[np.argmin(model.order[held])]
        expected = {"mean": own.mean(), "min": own.min(), "max": own.max(), "permutation": first}[rule]
        assert label == pytest.approx((expected - model.low) / (model.high - model.low))


def test_groups_come_as_often_as_told_and_labels_keep_to_their_range() -> None:
    env = gym.make(ID, horizon=4000)
    env.reset(seed=2)
    _, groups, y = recorded(env, 4000)
    np.testing.assert_allclose(groups.mean(0), [0.5, 0.3, 0.2, 0.6, 0.4, 1], atol=0.03)
    assert 0 < y.min() < y.max() < 1
    env = gym.make(ID, instance=Regression(np.ones((5, 20)), low=9.9, high=10.1), horizon=200)
    env.reset(seed=2)
    assert {0.0, 1.0} < set(recorded(env, 200)[2].tolist())  # clipped


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), other=st.floats(-10, 10))
def test_the_stream_does_not_depend_on_predictions_and_shows_nothing_hidden(seed: int, other: float) -> None:
    """Two predictors see the same; what is shown follows from what was shown, and the label only once it is past."""
    one, two = (gym.make(ID, horizon=12) for _ in range(2))
    shown, info = one.reset(seed=seed)
    two.reset(seed=seed)
    for _ in range(12):
        label = info["oracle_label"]
        assert label not in shown["x"].tolist() + shown["prev_y"].tolist()
        shown, reward, _, truncated, info = one.step(np.array([0.25]))
        again, less, *_ = two.step(np.array([other]))
        assert all((shown[name] == again[name]).all() for name in shown)
        assert (reward, less) == pytest.approx((-((0.25 - label) ** 2), -((other - label) ** 2)))
        assert shown["prev_y"][0] == label
        assert info["oracle_loss"] == -reward
    assert truncated
    assert {name for name in info if not name.startswith("oracle_")} == set()


def test_another_label_is_not_seen_before_it_is_past() -> None:
    env, other = gym.make(ID, horizon=5), gym.make(ID, horizon=5)
    env.reset(seed=0)
    state = env.unwrapped.get_state()
    state["oracle_label"] = 1 - state["oracle_label"]
    other.unwrapped.set_state(state)
    here, there = env.unwrapped.observe()[0], other.unwrapped.observe()[0]
    assert all((here[name] == there[name]).all() for name in here)
    here, there = (which.unwrapped.step(np.array([0.5]))[0] for which in (env, other))
    assert here["prev_y"] == pytest.approx(1 - there["prev_y"])
    assert (here["x"] == there["x"]).all()


@settings(max_examples=10, deadline=None)
@given(turns=st.lists(st.booleans(), min_size=10, max_size=40), drift=st.sampled_from([0.0, 0.1]))
def test_interleaved_streams_are_those_of_one_after_the_other(turns: list[bool], drift: float) -> None:
    alone = []
    for seed in (3, 4):
        env = gym.make(ID, drift=drift, horizon=50)
        env.reset(seed=seed)
        alone.append(recorded(env, 50))
    both = [gym.make(ID, drift=drift, horizon=50) for _ in range(2)]
    for env, seed in zip(both, (3, 4), strict=True):
        env.reset(seed=seed)
    done = [0, 0]
    for turn in turns:
        [(shown, label)] = stream(both[turn], 1)
        x, groups, y = alone[turn]
        assert (shown["x"] == x[done[turn]]).all()
        assert (shown["groups"] == groups[done[turn]]).all()
        assert label == y[done[turn]]
        done[turn] += 1


def test_instances_are_played_and_travel() -> None:
    model = Regression([[1.0, 0.0], [0.0, 2.0]], order=[1, 0])
    assert (model.low, model.high) == (0, 2)
    again = Regression.from_json(model.to_json())
    assert again.as_dict() == model.as_dict()
    env = gym.make(ID, d=2, groups=[[0.5, 0.5]], noise=0, horizon=30)
    env.reset(seed=0, options={"instance": model})
    assert env.unwrapped.instance.as_dict() == model.as_dict()
    for shown, label in stream(env, 30):
        assert label == pytest.approx(shown["x"][0] / 2 if shown["groups"][0] else shown["x"][1])


# --- a user's table ---------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "costs.csv").write_text(CSV)
    return tmp_path / "costs.csv"


def test_a_table_is_scaled_shuffled_and_told_by_group(path: Path) -> None:
    env = gym.make(ID, data=path, label="cost", group_by=["sex", "region"])
    assert env.unwrapped.group_names == ("sex=f", "sex=m", "region=north", "region=south", "always")
    orders = []
    for seed in (0, 1):
        env.reset(seed=seed)
        x, groups, y = recorded(env, 6)
        orders.append(np.argsort(x[:, 0]).tolist())
        rows = np.argsort(x[:, 0])
        np.testing.assert_allclose(x[rows, 0] * 45 + 20, [20, 30, 35, 41, 50, 65])
        np.testing.assert_allclose(y[rows] * 8 + 1, [1, 2, 4, 5, 3, 9])
        assert groups[rows][:, 0].tolist() == [1, 0, 0, 1, 1, 0]
        np.testing.assert_allclose(env.unwrapped.comparator().loss, least_squares(x, groups, y), atol=1e-12)
    assert orders[0] != orders[1]
    assert env.unwrapped.instance is None
    assert "age" in env.unwrapped.describe() or "Over" in env.unwrapped.describe()


def test_a_table_keeps_the_laws(path: Path) -> None:
    report = check(ID, data=str(path), label="cost", group_by=("sex", "region"), features=("age",))
    assert report.holds, str(report)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 64, 1000])
def test_shuffling_is_a_permutation_and_a_fair_one(n: int) -> None:
    rng = np.random.default_rng(0)
    first = np.zeros(n)
    for _ in range(400):
        keys = rng.integers(2**64, size=4, dtype=np.uint64)
        order = [kernel.shuffled(keys, i, n) for i in range(n)] if n <= 64 else [kernel.shuffled(keys, 0, n)]
        assert n > 64 or sorted(order) == list(range(n))
        first[order[0]] += 1
    if n <= 5:  # each row comes first about as often
        assert abs(first / 400 - 1 / n).max() < 0.12


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        (CSV.replace("50,f", ",f"), {}, "line 4, column 'age': found nothing, expected a number"),
        (CSV.replace("50,f", "old,f"), {}, "line 4, column 'age': found 'old', expected a number"),
        (CSV.replace("50,f", "nan,f"), {}, "line 4, column 'age': found 'nan', expected a number"),
        (CSV.replace("65,m", "65,"), {}, "line 5, column 'sex': found nothing, expected a group"),
        (CSV.replace("65,m,", "65,"), {}, "line 5: 3 cells, expected 4"),
        ("a,sex,cost\n3,f,1\n3,m,2\n", {}, "column 'a': 3 in every row, expected different values"),
        ("a,sex,cost\n3,f,1\n4,f,2\n", {}, "column 'sex': 'f' in every row, expected from 2 to 50 groups"),
        ("a,sex,cost\n3,f,1\n4,m,1\n", {}, "column 'cost': 1 in every row, expected different values"),
        ("a,a,cost\n3,f,1\n4,m,1\n", {}, "column 2: the name 'a', expected one of its own"),
        ("a,sex,cost\n3,f,1\n", {}, "1 rows, expected at least 2"),
        (CSV, {"label": "price"}, "^label: 'price', expected one of the columns age, sex, region, cost"),
        (CSV, {"label": None}, "^label: none, expected columns of"),
        (CSV, {"group_by": None}, "^group_by: none, expected columns of"),
        (CSV, {"features": ["size"]}, "^features: 'size', expected one of the columns"),
        (CSV, {"features": ["cost"]}, "column 'cost' is used twice"),
        (CSV, {}, "line 2, column 'region': found 'north', expected a number"),
    ],
)
def test_tables_that_are_refused(tmp_path: Path, text: str, more: dict[str, Any], message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        gym.make(ID, **{"data": path, "label": "cost", "group_by": ["sex"], **more})


def test_a_column_of_too_many_groups_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("a,who,cost\n" + "".join(f"{i},{i},{i}\n" for i in range(60)))
    with pytest.raises(ValueError, match="column 'who': 60 different values, expected from 2 to 50 groups"):
        gym.make(ID, data=path, label="cost", group_by=["who"])
    with pytest.raises(OSError, match="none.csv"):
        gym.make(ID, data=tmp_path / "none.csv", label="cost", group_by=["who"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"groups": [[0.5, 0.4]]}, r"^groups\[0\]: adds up to 0.9, expected 1"),
        ({"groups": [[1.5, -0.5]]}, r"^groups\[0\]\[0\]: 1.5, expected a number from 0 to 1"),
        ({"groups": []}, r"^groups: \[\], expected a sequence of partitions"),
        ({"rule": "median"}, "^rule: 'median', expected one of 'mean', 'min', 'max', 'permutation'"),
        ({"noise": -1}, "^noise: -1, expected a number of at least 0"),
        ({"d": 0}, "^d: 0, expected an integer of at least 1"),
        ({"label": "cost"}, "^label: 'cost', expected none without data"),
        ({"instance": {"weights": [[1.0]]}}, "^instance: weights: shape \\(1, 1\\), expected \\(5, 20\\)"),
        ({"instance": {"weights": [[np.nan]]}}, r"^instance: weights\[0\]\[0\]: nan, expected a number finite"),
        ({"instance": {"weights": [[1.0]], "order": [1]}}, r"^instance: order: \[1\], expected the numbers from 0 to"),
        ({"instance": {"weights": [[1.0]], "low": 2}}, "^instance: high: 1, expected more than low, 2"),
    ],
)
def test_arguments_that_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gym.make(ID, **arguments)


def test_predictions_that_are_refused() -> None:
    env = gym.make(ID)
    env.reset(seed=0)
    assert env.unwrapped.parse_action(" 0.5 ").tolist() == [0.5]
    for bad in (np.array([np.nan]), np.array([99.0]), np.zeros(2)):
        with pytest.raises(ValueError, match="^action"):
            env.unwrapped.step(bad)
    with pytest.raises(ValueError, match="^action: 'half', expected a number from -10 to 10"):
        env.unwrapped.parse_action("half")
