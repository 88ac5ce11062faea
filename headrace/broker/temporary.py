"""A broker for as long as a benchmark lasts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headrace.broker.local import LocalBroker, free_port
from headrace.settings import BOOTSTRAP_VARIABLE


@contextmanager
def some_broker(folder: Path) -> Iterator[str]:
    """The address in HEADRACE_BOOTSTRAP_SERVERS; where there is none, that of a new broker in `folder`, killed at the
    end. Raises BrokerFailed.
    """
    if servers := os.environ.get(BOOTSTRAP_VARIABLE):
        yield servers
        return
    broker = LocalBroker(folder, free_port())
    broker.start()
    try:
        yield broker.bootstrap_servers
    finally:
        broker.kill()
