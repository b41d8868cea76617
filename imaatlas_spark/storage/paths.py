"""Where a warehouse lies."""

import os


def full_path(root: str) -> str:
    """A folder of this machine as an absolute path; an address of a store as it is."""
    return root.rstrip("/") if "://" in root else os.path.abspath(root)


def is_local(root: str) -> bool:
    return "://" not in root
