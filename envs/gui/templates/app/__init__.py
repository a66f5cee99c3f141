"""Tasks of `ige/GUIApp-v1`: one app, several pages."""
