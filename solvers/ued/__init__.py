"""Unsupervised environment design: decision rules on a payoff matrix."""
