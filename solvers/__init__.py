"""The algorithms: one folder per family, over what `core` and `foundation` share."""
