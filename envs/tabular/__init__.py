"""Markov decision processes as tables, with exact values; and with a baseline that must not be undercut."""
