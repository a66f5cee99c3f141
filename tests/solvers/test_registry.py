"""The registry names what there is: every solver of the code, and nothing else."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from ige.envs.combinatorial.heuristics import BASELINES
from ige.envs.registry import TABLE
from ige.solvers import registry
from ige.solvers.bandits import POLICIES, contextual
from ige.solvers.nco.solvers import names
from ige.solvers.online import POLICIES as ONLINE
from ige.solvers.registry import ANY, MODELS, SOLVERS
from ige.solvers.search import WITH_MODEL, WITHOUT_MODEL
from ige.solvers.tabular import LEARNERS, PLANNER

EXPECTED = {
    "GameOf24": [*WITH_MODEL, *WITHOUT_MODEL],
    **{problem: names(problem) for problem in BASELINES},
    "TallyingBandit": list(POLICIES),
    "PaymentRouting": contextual.names(),
    **{kind.__name__: list(policies) for kind, policies in ONLINE.items()},
    "ConservativeMDP": [*LEARNERS, PLANNER],
    "TabularMDP": ["ucbvi", PLANNER],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_it_names_what_there_is(name: str) -> None:
    found = [solver.name for solver in registry.solvers(f"ige/{name}-v0")]
    assert sorted(found) == sorted(EXPECTED[name])
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("entry", dict.fromkeys((s.entry_point, s.options) for s in SOLVERS))
def test_every_option_is_a_parameter(entry: tuple[str, tuple[str, ...]]) -> None:
    parameters = list(inspect.signature(registry.loaded(entry[0])).parameters)
    assert parameters[:3] == ["env", "solver", "seed"]
    assert set(entry[1]) <= set(parameters)


def test_environments_are_ids_and_defaults_exist() -> None:
    known = {registry.short_name(entry.id) for entry in TABLE}
    for row in (*SOLVERS, *MODELS):
        assert set(row.environments) <= {*known, ANY}, row
        assert row.summary.endswith(".")
        assert len(row.summary) < 80
    for model in MODELS:
        assert not model.entry_point or callable(registry.loaded(model.entry_point))
    for entry in TABLE:
        assert registry.find(entry.id) is registry.solvers(entry.id)[0]


def test_looking_up_loads_nothing() -> None:
    code = (
        "import sys; from ige.solvers.registry import find; find('ige/TSP-v0', 'bq'); "
        "assert not {'torch', 'numba', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_wrong_name_lists_those_of_the_environment() -> None:
    with pytest.raises(ValueError, match=r"^solver: 'bq', expected one of linucb, .*, which .*-v0 has$"):
        registry.find("ige/PaymentRouting-v0", "bq")
