"""Every registered id, some of its settings, and two of Gymnasium's own environments, under every law."""

from __future__ import annotations

import json

import gymnasium as gym
import pytest

import ige.envs.testing
from ige.envs import registry
from ige.envs.testing import LAWS, Law, Report, check, laws

UNSOLVABLE = (1, 1, 1, 1)
SETTINGS = [
    *laws("ige/GameOf24-v0", n=3),
    *laws("ige/GameOf24-v0", n=5, only=["within", "seeded", "solvable"]),
    *laws("ige/GameOf24-v0", split="hard", only=["within", "seeded", "solvable", "conventional"]),
    *laws("ige/GameOf24-v0", puzzles=[(4, 9, 10, 13), UNSOLVABLE], target=24),
    *laws("ige/TSP-v0", n=7, distribution="clustered", formulation="direct", reward="sparse"),
    *laws("ige/CVRP-v0", n=7, capacity=20, formulation="direct", reward="sparse"),
    *laws("ige/UedPaired-v0", size=5, blocks=3, noise=2, max_steps=6, only=["same", "within", "seeded"]),
    *laws("ige/GameOf24-v0", target=10, max_value=9, split="all", only=["solvable"]),
]


# Every setting is a compilation or several: these wait for the weekly run.
MORE_SETTINGS = [
    *laws("ige/Knapsack-v0", n=9, distribution="correlated", formulation="direct", reward="sparse"),
    *laws("ige/Orienteering-v0", n=7, prizes="uniform", budget=9, formulation="direct", reward="sparse"),
    *laws("ige/ATSP-v0", n=7, distribution="independent", formulation="direct", only=["within", "same", "solvable"]),
    *laws(
        "ige/GroupRegression-v0", d=3, groups=[[0.5, 0.5], [0.2, 0.8], [1]], rule="permutation", drift=0.1, horizon=20
    ),
    *laws("ige/GroupRegression-v0", rule="max", noise=0, horizon=30, only=["same", "within"]),
    *laws("ige/TallyingBandit-v0", memory=1, noise="bernoulli", drift=0.02, only=["same", "within", "seeded"]),
    *laws("ige/TallyingBandit-v0", weights=[2, 1, 1], memory=3, observation="history", only=["same", "within"]),
    *laws("ige/OneSidedFairness-v0", individuals=3, d=2, auditors=3, gamma=1, penalty=1, feedback="full", horizon=25),
    *laws("ige/TabularMDP-v0", kind="riverswim", horizon=8, only=["same", "within", "seeded"]),
    *laws("ige/ConservativeMDP-v0", states=3, actions=2, horizon=3, stationary=True, only=["same", "within"]),
]


# One id of each family: for threads all loops are compiled once more. The others wait for the weekly run, and so does
# BabyAI, whose loops take 45 seconds.
THREADED = {entry.family: entry.id for entry in reversed(registry.TABLE)}
del THREADED["babyai"]
EVERY_ID = [
    pytest.param(law, marks=pytest.mark.long)
    if law.part == "vector parallel" and str(law.subject) not in THREADED.values()
    else law
    for law in laws([*registry.ids(), *registry.multi_agent_ids()])
]


@pytest.mark.parametrize("law", EVERY_ID, ids=str)
def test_every_id(law: Law) -> None:
    law()


@pytest.mark.long  # each is compiled on its own
@pytest.mark.parametrize("law", SETTINGS, ids=str)
def test_settings(law: Law) -> None:
    law()


@pytest.mark.long
@pytest.mark.parametrize("law", MORE_SETTINGS, ids=str)
def test_more_settings(law: Law) -> None:
    law()


@pytest.mark.parametrize("law", [*laws("test/Drift-v0"), *laws("test/Walkers-v0")], ids=str)
def test_the_sample_kernels(law: Law) -> None:
    law()


@pytest.mark.parametrize("mode", ["next-step", "same-step", "disabled"])
def test_a_time_limit_of_the_spec(mode: str) -> None:
    """`gym.make` applies TimeLimit to a single environment, `make_vec` tells the vector class: both cut alike."""
    [law] = [law for law in laws("test/DriftLimited-v0", only=["same"]) if law.part == f"vector {mode}"]
    law()


@pytest.mark.parametrize("id", ["test/Walkers-v0", *registry.multi_agent_ids()])
def test_nothing_but_masks_may_be_missing_with_several_agents(id: str) -> None:
    skipped = {f.part for f in check(id, seeds=[0]) if f.verdict != "holds"}
    assert skipped <= (set() if id.startswith("test/") else {"masks"})


@pytest.mark.long
@pytest.mark.parametrize("id", registry.ids())
def test_nothing_but_the_oracle_may_be_missing_in_the_suite(id: str) -> None:
    """An id of the suite has snapshots, a key and, if it has a kernel, a vector class: none of these is skipped."""
    kernel = gym.spec(id).vector_entry_point is not None
    for law in laws(id, only=["same"], seeds=[0]):
        if kernel or not law.part.startswith("vector"):
            assert law.finding().verdict == "holds", law


@pytest.fixture(scope="module")
def cart_pole() -> Report:
    return check("CartPole-v1")


def test_check_of_an_environment_without_snapshots(cart_pole: Report) -> None:
    """Gymnasium's CartPole keeps the laws but one: its vector class draws all resets from one stream."""
    assert [(f.law, f.part) for f in cart_pole.failures] == [("same", "vector next-step")]
    verdicts = {(f.law, f.part): f.verdict for f in cart_pole}
    assert verdicts["same", "set_state"] == verdicts["within", "masks"] == "not applicable"
    assert verdicts["same", "deepcopy"] == verdicts["within", "actions"] == verdicts["seeded", "process"] == "holds"
    assert verdicts["solvable", "oracle succeeds"] == "not applicable"


def test_every_part_is_in_the_report_with_a_reason_if_it_does_not_hold(cart_pole: Report) -> None:
    assert [(f.law, f.part) for f in cart_pole] == [(law, part) for law, parts in LAWS.items() for part in parts]
    assert all(bool(f.detail) == (f.verdict != "holds") and "\n" not in f.detail for f in cart_pole)


def test_a_report_is_data_and_text(cart_pole: Report) -> None:
    again = json.loads(json.dumps(cart_pole.as_dict()))
    assert again["environment"] == "CartPole-v1"
    assert again["holds"] is cart_pole.holds is False
    assert len(again["findings"]) == len(cart_pole.findings) == len(str(cart_pole).splitlines()) - 1


def test_check_of_frozen_lake_through_a_callable() -> None:
    report = check(lambda: gym.make("FrozenLake-v1", disable_env_checker=True), seeds=[0])
    assert report.holds, str(report)
    assert {f.part: f.verdict for f in report}["process"] == "not applicable"


def test_the_laws_as_functions() -> None:
    findings = [
        *ige.envs.testing.same("FrozenLake-v1", seeds=[0]),
        *ige.envs.testing.within("FrozenLake-v1", seeds=[0]),
        *ige.envs.testing.seeded("FrozenLake-v1", seeds=[0]),
        *ige.envs.testing.solvable("FrozenLake-v1", seeds=[0]),
        *ige.envs.testing.conventional("FrozenLake-v1", seeds=[0]),
    ]
    assert len(findings) == sum(map(len, LAWS.values()))
    assert {f.verdict for f in findings} == {"holds", "not applicable"}


def test_what_is_not_random_is_not_applicable_to_seeds() -> None:
    verdicts = {f.part: f for f in check("FrozenLake-v1", seeds=[0], is_slippery=False)}
    assert verdicts["different seeds"].verdict == verdicts["reset advances"].verdict == "not applicable"
    assert "nothing is random" in verdicts["different seeds"].detail
