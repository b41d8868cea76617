"""Scripts around the engine: the demo, a cluster to try, mutants, official files."""
