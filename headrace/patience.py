"""Asking again for as long as an error may pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from headrace.errors import HeadraceError

T = TypeVar("T")
Passing = type[HeadraceError] | tuple[type[HeadraceError], ...]


def patiently(call: Callable[[], T], passing: Passing, within_s: float, every_s: float) -> T:
    """What `call` returns; while it raises `passing`, it is called again. Raises what it said last after `within_s`.

    >>> from headrace.errors import Retriable
    >>> said = [Retriable("not yet"), None]
    >>> def call():
    ...     if error := said.pop(0):
    ...         raise error
    ...     return "done"
    >>> patiently(call, Retriable, 1.0, 0.0)
    'done'
    """
    deadline = time.monotonic() + within_s
    while True:
        try:
            return call()
        except passing:
            if time.monotonic() > deadline:
                raise
        time.sleep(every_s)
