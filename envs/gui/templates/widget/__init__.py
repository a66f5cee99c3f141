"""Tasks of `ige/GUIWidget-v1`: one screen, one skill."""
