"""How batch jobs read the store: by a function, so that they run on any table that answers."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

Ask = Callable[[str], pa.Table]
"""Runs one SELECT, and returns all rows."""
