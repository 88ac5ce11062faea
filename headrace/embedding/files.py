"""Data files inside installed packages, found without importing the packages."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def package_file(package: str, path: str) -> Path:
    """Where `path` of `package` lies on this machine. Raises ModuleNotFoundError without it."""
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (file := Path(folder) / path).is_file():
            return file
    raise ModuleNotFoundError(f"the package {package} with its file {path} is not installed", name=package)
