"""Models that judge Game of 24: hand-written rules, and a small network trained here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...envs.arithmetic import oracle
from ..core import check_device
from ..foundation import FoundationModel, ScoredModel, make_model
from .rules import rule_scorer

__all__ = ["model_for", "model_of"]


def model_for(
    spec: str, seed: int = 0, hold_out: Sequence[tuple[int, ...]] | None = None, target: int = 24, device: str = "auto"
) -> FoundationModel:
    """A model for Game of 24: "judge", "rules", or any generic one.

    The judge is trained without the three-number states of `hold_out`, by default the hard split.
    """
    check_device(device)
    if spec == "rules":
        return ScoredModel(rule_scorer(target), seed=seed, name="rules")
    if spec == "judge":
        from .judge import JudgeConfig, judge_scorer, load_or_train

        if hold_out is None:
            hold_out = [tuple(puzzle) for puzzle in oracle.hardest(4, 13, target).tolist()]
        judge = load_or_train(JudgeConfig(target=target), hold_out, device)
        return ScoredModel(judge_scorer(judge, target), seed=seed, name="judge")
    try:
        return make_model(spec, seed)
    except ValueError as error:
        raise ValueError(f"{error}; for Game of 24 also 'judge' or 'rules'") from None


def model_of(spec: str, env: Any, seed: int = 0, device: str = "auto") -> FoundationModel:
    """`model_for` with an environment's target; `ValueError` for a judge of puzzles that it does not support."""
    core = env.unwrapped
    if spec == "judge" and (core.n, core.target) != (4, 24):
        found = f"n={core.n}, target={core.target}"
        raise ValueError(f"model: the judge knows puzzles of 4 numbers that make 24, found {found}; expected rules")
    return model_for(spec, seed, device=device, target=core.target)
