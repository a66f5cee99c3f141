"""The examples for combinatorial optimisation do what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from ige.envs.combinatorial.instance import Knapsack, save
from ige.examples import compare_solvers, reinforce_cvrp, train_knapsack
from ige.solvers.core import one_thread


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


def test_reinforce_shortens_routes() -> None:
    before, after = reinforce_cvrp.main(n=5, updates=60, rows=64)
    assert after < before


def test_the_model_gives_the_illegal_nothing() -> None:
    envs = reinforce_cvrp.gym.make_vec("ige/CVRP-v0", 16, n=5)
    observation, info = envs.reset(seed=0)
    shown = (observation[name] for name in ("tokens", "n_tokens", "node_id", "action_mask"))
    logits = reinforce_cvrp.Model()(*map(torch.from_numpy, shown))
    assert (torch.isfinite(logits).numpy() == (info["action_mask"] > 0)).all()


def test_maskable_ppo_packs_better() -> None:
    before, after = train_knapsack.main(n=8, steps=6000, tested=30)
    assert after < before


def test_comparing_solvers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "square.tsp"
    path.write_text(
        "NAME: square\nTYPE: TSP\nDIMENSION: 5\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"
        "1 0 0\n2 0 10\n3 10 10\n4 10 0\n5 5 0\nEOF\n"
    )
    found = compare_solvers.main(str(path), str(tmp_path / "best.png"))
    assert (tmp_path / "best.png").read_bytes()[:4] == b"\x89PNG"
    assert found[0].cost == 40
    assert {"nearest", "farthest", "exact", "local-search"} <= {row.solver for row in found}
    assert [row.cost for row in found] == sorted(row.cost for row in found)
    save(tmp_path / "items.json", [Knapsack([3, 2, 2], [3, 2, 2], 4)])
    assert compare_solvers.main(str(tmp_path / "items.json"))[0].cost == 4  # not 3: the best is first
    with pytest.raises(OSError, match="none.tsp"):
        compare_solvers.main(str(tmp_path / "none.tsp"))
