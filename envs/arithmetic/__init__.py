"""Arithmetic puzzles: Game of 24."""
