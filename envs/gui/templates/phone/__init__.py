"""Tasks of `ige/GUIPhone-v0`: what was seen in one app is needed in another, or what was done can't be seen."""
