"""Tasks of `ige/GUIWidget-v0`: one screen, one skill."""
