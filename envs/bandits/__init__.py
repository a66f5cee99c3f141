"""Bandits and online learning: feedback depends on past actions, comes late, or is shown only for some."""

from __future__ import annotations

from ..entry import Entry

ENTRIES = (
    Entry(
        "ige/TallyingBandit-v0",
        "Arms that get cheaper or dearer the more often they were pulled lately; ordinary arms with memory=1.",
        "tallying:TallyingBandit",
        oracle="oracle:plan",
    ),
    Entry(
        "ige/PaymentRouting-v0",
        "A contextual bandit: route payments by their features, with actions that come and go.",
        "payment:PaymentRouting",
        oracle="oracle:plan_payment",
    ),
    Entry(
        "ige/GroupRegression-v0",
        "Regression for groups that intersect, drawn or from your CSV: regret counts for each group.",
        "group:GroupRegression",
    ),
    Entry(
        "ige/OneSidedFairness-v0",
        "Accept or turn down: only the accepted show their labels, and auditors report unfair pairs.",
        "fairness:OneSidedFairness",
    ),
)
