"""What can be said of a warehouse before Spark starts."""

import os

from imaatlas_spark.folders import is_local
from imaatlas_spark.schemas.ledger import RUNS


def has_runs(root: str) -> bool:
    """Whether runs can be written down: jobs have made tables there before. Of a store only Spark can tell."""
    return not is_local(root) or os.path.isdir(f"{root}/{RUNS.path}/_delta_log")
