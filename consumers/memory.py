"""Memory as a service's batches need it, where the C library can be told (glibc)."""

from __future__ import annotations

import ctypes
import gc

M_ARENA_MAX = -8
"""glibc's number of the parameter."""
ARENAS = 2
"""Threads of Kafka's client and of numpy otherwise get one each, and what a batch leaves in one is not given back:
events of 500 KB left 256 MB behind; with two, 109 MB."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGE_BYTES = 1024 * 1024
"""From here on an array goes back to the system when it is let go. glibc by itself keeps up to 32 MB of such for the
next one: after some comparisons of queries 50 MB that nobody used."""

GARBAGE_THRESHOLD = 200_000
"""Decoded events hold no cycles: looking for some after every 700 objects doubled the time of decoding."""


def rarely_collect() -> None:
    """For a loop that makes many objects and no cycles: what was imported is never looked at again, the rest rarely."""
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


def bound_arenas() -> None:
    """Call it before the first thread is started."""
    if (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        mallopt(M_ARENA_MAX, ARENAS)


def give_back_large() -> None:
    """For a service that now and then works with large arrays: they do not stay after that."""
    if (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(M_TRIM_THRESHOLD, LARGE_BYTES)
