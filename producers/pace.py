"""Holding a stream to a rate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

CHUNK = 500
"""Events published between two looks at the clock."""
TICK_S = 0.05
"""At a low rate a chunk is what this long brings, so that events do not come in bursts."""


def paced(
    events: Iterable[T],
    rate: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[list[T]]:
    """The events in chunks, each not before its time at `rate` events a second; 0 is as fast as it goes.

    >>> list(paced("abcde", 2.0, clock=lambda: 0.0, sleep=lambda s: None))
    [['a'], ['b'], ['c'], ['d'], ['e']]
    """
    size = CHUNK if rate <= 0 else max(1, min(CHUNK, int(rate * TICK_S)))
    remaining, started, published = iter(events), clock(), 0
    while chunk := list(islice(remaining, size)):
        if rate > 0 and (early_s := started + published / rate - clock()) > 0:
            sleep(early_s)
        yield chunk
        published += len(chunk)
