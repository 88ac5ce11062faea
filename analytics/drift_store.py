"""Interactions of a span of time, as the drift detector reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.live import LiveStore
from consumers.drift.columns import Columns, columns, length
from consumers.drift.detector import DriftDetector
from consumers.drift.report import DriftReport
from headrace.errors import ConfigError

COLUMNS = (
    "interaction_id, session_id, timestamp, agent_selected, agent_version, user_query, "
    "length(user_query) AS query_length, length(response) AS response_length, latency_ms, rating, "
    "routing_confidence, hallucination_score, model, tokens_in, tokens_out, cost_usd, error"
)
MOST_ROWS = 20_000
"""Of one period, chosen by the hash of their ids: more find no change that matters, and take seconds."""


@dataclass(frozen=True)
class Period:
    """Event times from `first` to before `end`, UTC."""

    first: datetime
    end: datetime

    @classmethod
    def parse(cls, text: str) -> Period:
        """`2026-03-01..2026-03-31` (days, the last included) or with times, `2026-03-01T08..2026-03-01T12` (excluded).

        >>> Period.parse("2026-03-01..2026-03-02").end.isoformat()
        '2026-03-03T00:00:00'
        """
        first, dots, last = text.partition("..")
        try:
            start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
        except ValueError:
            raise ConfigError(f"{text!r}: neither a file nor a period such as 2026-03-01..2026-03-31") from None
        if "T" not in last:
            end += timedelta(days=1)
        if not dots or end <= start:
            raise ConfigError(f"{text!r}: the period ends before it begins")
        return cls(start, end)

    def windows(self, length: timedelta) -> Iterator[Period]:
        """The period in parts of this length; a rest that is shorter is left out."""
        start = self.first
        while start + length <= self.end:
            yield Period(start, start + length)
            start += length


def read(store: LiveStore, period: Period) -> Columns:
    """At most about `MOST_ROWS` interactions of the period, in the order of their ids."""
    condition = (
        f"day BETWEEN DATE '{period.first.date()}' AND DATE '{period.end.date()}' "
        f"AND timestamp >= TIMESTAMP '{period.first}' AND timestamp < TIMESTAMP '{period.end}'"
    )
    (found,) = store.rows(f"SELECT count(*) AS n FROM interactions WHERE {condition}")
    part = max(1, -(-found["n"] // MOST_ROWS))
    chosen = f" AND hash(interaction_id) % {part} = 0" if part > 1 else ""
    rows = store.table(
        f"SELECT {COLUMNS} FROM interactions_with_feedback WHERE {condition}{chosen} ORDER BY interaction_id"
    )
    return columns(rows)


def compared(
    store: LiveStore,
    detector: DriftDetector,
    windows: Iterable[Period],
    frozen: Columns | None = None,
    rolling: timedelta = timedelta(),
) -> Iterator[tuple[Period, DriftReport]]:
    """Each window that holds anything against a frozen reference, or else against the time right before it."""
    for window in windows:
        current = read(store, window)
        before = read(store, Period(window.first - rolling, window.first)) if frozen is None else frozen
        if length(current) and length(before):
            yield window, detector.compare(before, current, kind="rolling" if frozen is None else "frozen")
