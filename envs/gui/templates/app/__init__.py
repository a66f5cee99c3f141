"""Tasks of `ige/GUIApp-v0`: one app, several pages."""
