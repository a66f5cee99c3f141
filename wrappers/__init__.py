"""Gymnasium wrappers that serve any environment."""

from .budget import Budget, BudgetExhausted, CountBudget, Spent

__all__ = ["Budget", "BudgetExhausted", "CountBudget", "Spent"]
