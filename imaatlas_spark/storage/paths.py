"""Where a warehouse lies."""

import os
import re

from imaatlas_spark.schemas.ledger import RUNS


def full_path(root: str) -> str:
    """A folder of this machine as an absolute path; an address of a store as it is."""
    if not is_local(root):
        return re.sub(r"(?<![:/])/+$", "", root)  # never into `://`
    return re.sub("^/+", "/", os.path.abspath(root))


def is_local(root: str) -> bool:
    return "://" not in root


def has_runs(root: str) -> bool:
    """Whether runs can be written down: jobs have made tables there before. Of a store only Spark can tell."""
    return not is_local(root) or os.path.isdir(f"{root}/{RUNS.path}/_delta_log")
