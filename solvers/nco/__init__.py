"""Neural combinatorial optimisation, and the experts that it learns from."""
