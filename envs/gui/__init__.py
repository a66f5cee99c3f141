"""Screens of widgets, apps and phones that are data: a table of widgets, variables, and small programs behind them."""
