"""Bandits and online learning: what is paid back depends on what was done before, comes late, or only for some."""
