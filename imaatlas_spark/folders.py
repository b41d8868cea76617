"""Folders by their names: those of this machine, and those of a store (`s3a://BUCKET/atlas`)."""

import os
import re


def is_local(folder: str) -> bool:
    return "://" not in folder


def full_path(folder: str) -> str:
    """A folder of this machine as an absolute path; an address of a store as it is."""
    if not is_local(folder):
        return re.sub(r"(?<![:/])/+$", "", folder)  # never into `://`
    return absolute(folder)


def absolute(folder: str) -> str:
    """A folder of this machine, whatever characters its name has."""
    return re.sub("^/+", "/", os.path.abspath(folder))
