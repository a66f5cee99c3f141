"""The environments: one folder per family over the machinery of `core`; `registry` is the one table of ids."""
