"""A learned scorer of commands and places in text adventures, and the planner that it imitates."""
