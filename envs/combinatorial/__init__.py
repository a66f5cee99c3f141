"""Combinatorial optimisation: routing and packing, decided step by step, directly or by bisimulation quotienting."""

from __future__ import annotations

from ..entry import Entry

ENTRIES = (
    Entry(
        "ige/TSP-v0",
        "The travelling salesperson: every point once, on a tour as short as possible.",
        "tsp:TSPEnv",
        oracle="oracle:plan",
    ),
    Entry(
        "ige/ATSP-v0",
        "The travelling salesperson where the way back may be longer.",
        "atsp:ATSPEnv",
        oracle="oracle:plan",
    ),
    Entry(
        "ige/CVRP-v0",
        "Vehicle routing: serve all customers by routes of limited load from a depot.",
        "cvrp:CVRPEnv",
        oracle="oracle:plan",
    ),
    Entry(
        "ige/Orienteering-v0",
        "Orienteering: collect prizes on a round trip of limited length.",
        "orienteering:OrienteeringEnv",
        oracle="oracle:plan",
    ),
    Entry(
        "ige/Knapsack-v0",
        "The knapsack: items worth as much as possible within a capacity.",
        "knapsack:KnapsackEnv",
        oracle="oracle:plan",
    ),
)
