"""Between windows: batch after batch against one reference, with a stated rate of false alarms.

The contract is an average run length: without drift, all signals together, one alarm in so many batches. Each batch
ends windows of several lengths; a long one sees a small change, a short one a great one at once, and no alternative
has to be known. A window alarms when its p-value over all signals (each has its share of the error) falls below the
window's share of 1 / run length.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any

import msgspec
import numpy as np

from consumers.drift.watched import Watched, watched

WINDOWS = (1, 2, 3, 5, 8, 13, 21)
"""Lengths in batches: neighbours share so much that no change falls between two."""
OVERLAP = 1.9
"""Windows that end at successive batches, and those of neighbouring lengths, overlap and alarm together: so many
times the error may be given out until the rate of first alarms is what is stated (`benchmarks/drift_power.py`)."""


def run_length(batches: int, chance: float) -> float:
    """The average run length at which a stream of so many batches alarms falsely with that chance.

    >>> round(run_length(60, 0.1))
    569
    """
    return -batches / log(1 - chance)


class Evidence(msgspec.Struct, frozen=True):
    """What one signal's most telling window says."""

    signal: str
    batches: int
    """The window's length."""
    ratio: float
    """p-value over threshold: 1 or less is an alarm."""
    moved: str
    """`location`, `scale`, `novelty`, a cluster, or the category that moved most."""
    z: float


class Verdict(msgspec.Struct, frozen=True):
    """What the monitor says after a batch."""

    batch: int
    """Number of the batch, from 1."""
    alarm: bool
    evidence: list[Evidence]
    """One for each signal, the most telling first: the culprit of an alarm."""


class State(msgspec.Struct):
    """What a monitor remembers; survives a restart as msgpack or JSON."""

    batches: int = 0
    recent: list[dict[str, list[float]]] = []
    """The latest batches since the last alarm, the newest last."""


class Monitor:
    """Watches numeric, categorical and vector signals of batches against one reference.

    A signal of which the reference has next to nothing is not watched.

    >>> monitor = Monitor({"agent": {"a": 900, "b": 100}}, average_run_length=570)
    >>> monitor.update({"agent": {"a": 91, "b": 9}}).alarm, monitor.update({"agent": {"a": 60, "b": 40}}).alarm
    (False, True)
    """

    def __init__(self, reference: Mapping[str, Any], average_run_length: float, state: State | None = None) -> None:
        known = {name: watched(values) for name, values in reference.items()}
        self._signals: dict[str, Watched] = {name: signal for name, signal in known.items() if signal is not None}
        self._threshold = OVERLAP / average_run_length / len(WINDOWS) / max(1, len(self._signals))
        self.state = state or State()

    def update(self, batch: Mapping[str, Any]) -> Verdict:
        """Takes the next batch, signals named as in the reference; one that is absent has no values in it.

        After an alarm the windows start anew: the next one needs new evidence.
        """
        sums = {name: signal.sums(batch[name]).tolist() for name, signal in self._signals.items() if name in batch}
        recent = [*self.state.recent, sums][-WINDOWS[-1] :]
        evidence = sorted((self._evidence(name, recent) for name in self._signals), key=lambda e: e.ratio)
        alarm = bool(evidence) and evidence[0].ratio <= 1
        self.state = State(self.state.batches + 1, [] if alarm else recent)
        return Verdict(self.state.batches, alarm, evidence)

    def _evidence(self, name: str, recent: list[dict[str, list[float]]]) -> Evidence:
        sums = [batch.get(name) for batch in reversed(recent)]
        width = next((len(one) for one in sums if one is not None), 0)
        if not width:
            return Evidence(name, 0, 1 / self._threshold, "", 0.0)
        totals = np.cumsum([one if one is not None else [0.0] * width for one in sums], axis=0)
        lengths = [length for length in WINDOWS if length <= len(totals)]
        found = self._signals[name].found(totals[np.array(lengths) - 1])
        best = int(np.argmin(found.p_values))
        ratio = float(found.p_values[best]) / self._threshold
        return Evidence(name, lengths[best], ratio, found.moved[best], float(found.z[best]))
