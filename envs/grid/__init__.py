"""Shared by all gridworlds: cells, the agent's view and actions, reachability, text, pictures."""
