"""Markov decision processes as tables, with exact values; also with a baseline value that must be maintained."""

from __future__ import annotations

from ..entry import Entry

ENTRIES = (
    Entry(
        "ige/TabularMDP-v0",
        "Finite-horizon MDPs as tables, drawn or given, with exact values.",
        "env:TabularMDP",
    ),
    Entry(
        "ige/ConservativeMDP-v0",
        "Tabular MDPs to be learnt without ever undercutting a safe baseline.",
        "conservative:ConservativeMDP",
    ),
)
