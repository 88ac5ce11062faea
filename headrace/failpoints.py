"""Named places where a test makes a process die: `FAULT=sanitizer.after_produce@3:kill`.

`@n` is the n-th pass (the first unless given). Actions: `kill` (SIGKILL to itself), `stop`
(SIGSTOP: hangs until somebody continues it), `sleep` (this thread hangs for SLEEP_S, the others go on) and `raise`.
Several faults are separated by commas.
Without FAULT a failpoint costs one dictionary look-up.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass

FAULT_VARIABLE = "FAULT"
SLEEP_S = 15.0
"""Longer than a session, a transaction and the shortest `max.poll.interval.ms` that goes with them: 10 s each."""


class InjectedFault(Exception):
    """Raised by a failpoint whose action is `raise`."""


@dataclass
class _Fault:
    passes_left: int
    action: str


def parse(text: str) -> dict[str, _Fault]:
    """The faults that FAULT asks for, by failpoint.

    >>> parse("lake.after_rows@2:kill")
    {'lake.after_rows': _Fault(passes_left=2, action='kill')}
    """
    faults = {}
    for part in filter(None, text.split(",")):
        place, _, action = part.partition(":")
        name, _, nth = place.partition("@")
        if action not in ("kill", "stop", "sleep", "raise"):
            raise ValueError(f"{FAULT_VARIABLE}: {part!r}: the action is kill, stop, sleep or raise")
        faults[name] = _Fault(int(nth or 1), action)
    return faults


_faults = parse(os.environ.get(FAULT_VARIABLE, ""))


def failpoint(name: str) -> None:
    """Dies here if FAULT says so."""
    if (fault := _faults.get(name)) is not None:
        _pass(name, fault)


def _pass(name: str, fault: _Fault) -> None:
    fault.passes_left -= 1
    if fault.passes_left != 0:
        return
    if fault.action == "raise":
        raise InjectedFault(name)
    if fault.action == "sleep":
        time.sleep(SLEEP_S)
        return
    os.kill(os.getpid(), signal.SIGKILL if fault.action == "kill" else signal.SIGSTOP)
