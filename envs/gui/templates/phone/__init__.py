"""Tasks of `ige/GUIPhone-v1`: what was seen in one app is needed in another, or what was done can't be seen."""
