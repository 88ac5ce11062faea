"""What a drift report says: plain values that msgpack and JSON carry."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["number", "mix", "queries"]
Cause = Literal["mix", "within", ""]
"""Agents took another share of the traffic, or agents themselves changed; empty where that cannot be told."""
ReferenceKind = Literal["frozen", "rolling"]


class ReferenceId(msgspec.Struct, frozen=True, kw_only=True):
    """Which reference a report compares with: equal ids mean equal content."""

    id: str
    kind: ReferenceKind
    rows: int
    first: str = ""
    """Event time of its first row, ISO 8601; empty where there are no times."""
    last: str = ""


class Culprit(msgspec.Struct, frozen=True, kw_only=True):
    """Who or what moved."""

    what: str
    """`category`, `cluster`, or the column whose groups were compared: `agent_selected`, `agent_version`."""
    name: str
    reference_share: float
    """Its share of the reference's rows."""
    current_share: float
    z: float
    """Standard errors by which its share, or for groups of a number its location, is higher."""
    p_value: float


class SignalReport(msgspec.Struct, frozen=True, kw_only=True):
    """One signal of a report."""

    name: str
    kind: Kind
    method: str
    statistic: float
    """The classic number: PSI, D, ..."""
    p_value: float
    adjusted_p_value: float
    """Least false discovery rate at which the signal alarms."""
    alarm: bool
    z: float
    reference: dict[str, float]
    """`n`, and for numbers `mean`, `p05`, `p50`, `p95`."""
    current: dict[str, float]
    views: dict[str, float] = {}
    """Of queries: p-value of each view (`consumers.drift.embedding`)."""
    cause: Cause = ""
    culprits: list[Culprit] = []
    """The most changed first; only where there is an alarm."""
    examples: list[str] = []
    """Ids (or row numbers) of current rows that show the change."""


class DriftReport(msgspec.Struct, frozen=True, kw_only=True):
    """All signals of one current frame against one reference."""

    reference: ReferenceId
    rows: int
    """Of the current frame."""
    level: float
    """Share of frames without drift in which some signal may alarm."""
    method: str
    season: str
    """What the reference was matched on: `hour of week`, `hour of day`, or empty."""
    signals: list[SignalReport]
    skipped: list[str] = []
    """Columns that are no signal: ids, texts, constants."""

    @property
    def drifted(self) -> list[str]:
        """Names of the signals that alarm, the surest first."""
        alarmed = [signal for signal in self.signals if signal.alarm]
        return [signal.name for signal in sorted(alarmed, key=lambda signal: signal.p_value)]
