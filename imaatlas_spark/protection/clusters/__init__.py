"""A cluster of statistics of a year, from the country down: its blocks, one after the other."""
