"""The client's one background thread: connects, masks, takes in delivery reports, sends statuses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from headrace.client.masking import Mask
from headrace.client.sender import Failed, Sender
from headrace.client.warnings import DropWarnings
from headrace.errors import ConfigError, Poison

Waiting = tuple[bytes, bytes]
"""An event's bytes and its Kafka key."""
Connect = Callable[[str, Failed], Sender]
"""Makes the Sender for a producer id. Raises ConfigError."""

SERVE_S = 0.05
"""How long the thread waits for delivery reports: the delay before masking begins, and before it stops."""
SLICE_S = 0.0003
"""How long the thread masks before it lets go of the interpreter: an event loop waits no longer than this."""
REST_S = 0.00001
"""Any sleep makes the thread stand back in the queue for the interpreter; the system rounds it to about 60 µs."""
STATUS_INTERVAL_S = 10.0
NEWS_SHARE = 0.1
"""A periodic status tells of new refusals when they are a tenth of all before: a billion make 200 ranges."""


class Load(Protocol):
    """The outbox, as its courier sees it."""

    sender: Sender | None
    stopped: bool
    warnings: DropWarnings

    @property
    def producer_id(self) -> str: ...
    def attach(self, sender: Sender) -> None: ...
    def first_to_mask(self) -> Waiting | None: ...
    def finish(self, item: Waiting, outcome: bytes | Poison) -> None: ...
    def settle(self) -> None: ...
    def failed(self, seq: int, discarded: bool) -> None: ...
    def report_status(self, at_least_share: float = 0.0) -> None: ...
    def warn(self) -> None: ...


class Courier:
    """Empties one outbox until it is stopped. The thread is a daemon: it never keeps a program from ending."""

    def __init__(self, load: Load, connect: Connect, mask: Mask | None) -> None:
        self._load = load
        self._connect = connect
        self._mask = mask

    def start(self) -> None:
        threading.Thread(target=self._run, name="headrace-client", daemon=True).start()

    def connect(self) -> None:
        """In the thread, so that neither the agent waits for it nor a process that only forks has threads."""
        try:
            self._load.attach(self._connect(self._load.producer_id, self._load.failed))
        except ConfigError as error:
            self._load.warnings.cannot_connect(error)
            time.sleep(SERVE_S)

    def _run(self) -> None:
        while self._load.sender is None and not self._load.stopped:
            self.connect()
        next_status = time.monotonic() + STATUS_INTERVAL_S
        while not self._load.stopped and (sender := self._load.sender) is not None:
            self._turn(sender)
            if time.monotonic() >= next_status:
                next_status += STATUS_INTERVAL_S
                self._load.report_status(NEWS_SHARE)

    def _turn(self, sender: Sender) -> None:
        try:
            if self._mask_slice():
                sender.serve(0)
                time.sleep(REST_S)
            else:
                sender.serve(SERVE_S)
            self._load.settle()
            self._load.warn()
        except Exception as error:
            self._load.warnings.broken(error)
            time.sleep(SERVE_S)

    def _mask_slice(self) -> bool:
        """Masks for a moment; whether there was anything to mask."""
        mask, item = self._mask, self._load.first_to_mask()
        if mask is None or item is None:
            return False
        until = time.perf_counter() + SLICE_S
        while item is not None and time.perf_counter() < until:
            try:
                outcome: bytes | Poison = mask(item[0])
            except Poison as poison:
                outcome = poison
            self._load.finish(item, outcome)
            item = self._load.first_to_mask()
        return True
