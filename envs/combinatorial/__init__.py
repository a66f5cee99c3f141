"""Combinatorial optimisation: routing and packing, each step a decision, directly or by bisimulation quotienting."""
