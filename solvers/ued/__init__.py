"""Unsupervised environment design: PAIRED and its family on one trainer, `trainer.UED`.

`UED("paired", seed=1).learn(800_000, folder="runs/paired")` trains a student on the levels that a method makes (one of
`config.METHODS`); `predict`, `save` and `load` are as in Stable-Baselines3. `config.config(method, preset)` returns the
settings, with the presets `cpu`, `small` and `paper`. `recipes` defines what each method does in an update, `evaluate`
has the held-out test levels, and `decision_rules` has the same ideas on a payoff matrix, exact.
"""
