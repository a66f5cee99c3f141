"""Unsupervised environment design: mazes, their editor, and the games of PAIRED."""
