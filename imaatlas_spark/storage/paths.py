"""Where a warehouse lies."""

import os
import re


def full_path(root: str) -> str:
    """A folder of this machine as an absolute path; an address of a store as it is."""
    if not is_local(root):
        return re.sub(r"(?<![:/])/+$", "", root)  # never into `://`
    return re.sub("^/+", "/", os.path.abspath(root))


def is_local(root: str) -> bool:
    return "://" not in root
