"""The same chain in other engines, from the same files and the same definitions, to the same figures."""
