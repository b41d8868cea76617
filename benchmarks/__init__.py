"""The yearly run against rivals that compute the same statistics: `python -m benchmarks.compare`."""
