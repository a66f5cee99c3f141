"""The papers whose claims `ige reproduce NAME` measures."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Paper:
    """What is known about a paper without importing anything.

    Attributes:
        name: its name on the command line.
        title: the title of its reports.
        authors: as the literature cites them.
        year: year of publication.
        arxiv: its arXiv number.
        environments: the ids that it is measured on.
        solver: the package under `ige.solvers` that implements it.
        options: options of `ige reproduce` that this paper takes besides the common ones.
    """

    name: str
    title: str
    authors: str
    year: int
    arxiv: str
    environments: tuple[str, ...]
    solver: str
    options: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module in this package that measures it."""
        return self.name.replace("-", "_")

    def load(self) -> Any:
        """Import that module; it has `SCALES` and `reproduce(run)`."""
        return importlib.import_module(f".{self.module}", __package__)


PAPERS = {
    paper.name: paper
    for paper in (
        Paper("game-of-24", "Intelligent Go-Explore on Game of 24", "Lu, Hu, Clune", 2024, "2405.15143",
              ("ige/GameOf24-v0",), "search", ("puzzles",)),
        Paper("babyai-text", "Intelligent Go-Explore on BabyAI-Text", "Lu, Hu, Clune", 2024, "2405.15143",
              ("ige/BabyAIText-v0",), "search"),
        Paper("textworld", "Intelligent Go-Explore on TextWorld", "Lu, Hu, Clune", 2024, "2405.15143",
              ("ige/TextWorld-v0",), "search"),
        Paper("bq-nco", "BQ-NCO: the bisimulation quotient", "Drakulic, Michel, Mai, Sors, Andreoli", 2023,
              "2301.03313", ("ige/TSP-v0", "ige/ATSP-v0", "ige/CVRP-v0", "ige/Orienteering-v0", "ige/Knapsack-v0"),
              "nco", ("all",)),
        Paper("tallying-bandits", "Weighted tallying bandits", "Malik, Igoe, Li, Singh", 2023, "2305.02955",
              ("ige/TallyingBandit-v0",), "bandits"),
        Paper("payment-routing", "Regression oracles in payments", "Vangara, Egg", 2024, "2412.00569",
              ("ige/PaymentRouting-v0",), "bandits"),
        Paper("groupwise-regret", "Groupwise regret", "Acharya et al.", 2023, "2310.04652",
              ("ige/GroupRegression-v0",), "online"),
        Paper("one-sided-fairness", "Individual fairness with one-sided feedback", "Bechavod, Roth", 2022,
              "2206.04475", ("ige/OneSidedFairness-v0",), "online"),
        Paper("stepmix", "StepMix and EpsMix", "Li, Huang, Shen, Yang", 2023, "2306.06265",
              ("ige/ConservativeMDP-v0",), "tabular"),
        Paper("paired", "PAIRED and its family", "Dennis, Jaques et al.", 2020, "2012.02096",
              ("ige/UedMaze-v0", "ige/UedMazeEditor-v0"), "ued"),
    )
}  # fmt: skip
