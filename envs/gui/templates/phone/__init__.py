"""Tasks of `ige/GUIPhone-v1`: something seen in one app is needed in another, or past actions are not visible."""
