"""What happens to open loggers when their process forks or ends.

A forked child gets a new producer id and starts its own numbers; what was in the parent's memory is the
parent's to send. At the interpreter's exit all open loggers are closed within one time limit.
"""

from __future__ import annotations

import atexit
import os
import sys
import time
from functools import cache
from typing import Protocol

EXIT_BUDGET_S = 2.0
"""For all loggers of a process together: a program that ends must not hang on a broker that is away."""


class Closable(Protocol):
    """An open logger, as its process sees it."""

    def _close_at_exit(self, timeout_s: float) -> None: ...
    def _renew_after_fork(self) -> None: ...


_open: dict[int, Closable] = {}
"""Holds them, so that a logger that is dropped unclosed still delivers."""


def opened(logger: Closable) -> None:
    """From now on the logger is renewed in forked children and closed at exit, until it is `closed`."""
    _install()
    _open[id(logger)] = logger


def closed(logger: Closable) -> None:
    _open.pop(id(logger), None)


def close_when_worker_ends() -> None:
    """A process of `multiprocessing` ends without the interpreter's exit functions: it has its own."""
    if (util := sys.modules.get("multiprocessing.util")) is not None:
        util.Finalize(None, _close_all, exitpriority=0)


def _close_all() -> None:
    deadline = time.monotonic() + EXIT_BUDGET_S
    for logger in list(_open.values()):
        logger._close_at_exit(max(deadline - time.monotonic(), 0.0))


def _renew_all() -> None:
    for logger in _open.values():
        logger._renew_after_fork()


@cache
def _install() -> None:
    """Not at import: hooks run in the order of their making, and a child's ids need their own seed first."""
    atexit.register(_close_all)
    os.register_at_fork(after_in_child=_renew_all)
