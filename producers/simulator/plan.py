"""What to simulate: how much, from when, how often each thing is planted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from producers.simulator.truth import DriftTruth

LONGEST_SESSION = timedelta(hours=1)
"""Sessions end well within it: the last one starts this long before the end."""
DEFAULT_SPAN = timedelta(days=28)
"""Long enough for ratings that come weeks late."""
DEFAULT_START = datetime(2026, 1, 5, tzinfo=UTC)


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of turns, unless said otherwise; a turn has one failure of these at most, and what follows from it."""

    poor_retrieval: float = 0.03
    routing_mistake: float = 0.04
    hallucination: float = 0.02
    slow_response: float = 0.02
    error: float = 0.015
    abandoned: float = 0.3
    """Of the sessions with a failure: the user leaves after it."""
    asked_again: float = 0.6
    """Of the sessions with a failure: the user asks again."""
    personal_data: float = 0.12
    rated_at_once: float = 0.15
    rated_late: float = 0.12
    commented: float = 0.35
    """Of the late ratings."""
    corrected: float = 0.4
    """Of the wrong answers and routes."""
    resent: float = 0.002
    foreign: float = 0.06
    """Turns in another language than English."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Equal plans give equal events, to the byte."""

    seed: int = 0
    interactions: int = 1000
    start: datetime = DEFAULT_START
    span: timedelta = DEFAULT_SPAN
    rates: Rates = Rates()
    drift_at: float = 0.75
    """Share of the span after which the traffic drifts; 1 is never."""

    @property
    def end(self) -> datetime:
        """No event is later than this."""
        return self.start + self.span

    @property
    def drift(self) -> DriftTruth:
        return DriftTruth(
            at=self.start + self.span * self.drift_at,
            agent="travel",
            latency_factor=1.8,
            novelty_share=0.25,
            poor_rating_shift=0.35,
        )
