"""The setting of a session: who, where, on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from headrace.events import Feedback, ProductionInteraction
from headrace.ids import derived_uuid7
from producers.simulator.dice import Dice
from producers.simulator.plan import Plan
from producers.simulator.truth import DriftTruth, Truth

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
USERS = 20_000
TENANTS = ("default", "default", "alder", "birch")
CHANNELS = ("web", "web", "app", "voice")


class Moment(NamedTuple):
    """An event, when it is published (ms since 1970), and what was planted in it."""

    order_ms: int
    event: ProductionInteraction | Feedback
    truth: Truth


@dataclass(slots=True)
class Scene:
    """What all turns of a session share."""

    serial: int
    seed: int
    session_id: str
    user: int
    tenant: str
    channel: str
    released: bool
    drift: DriftTruth | None
    """What has drifted already when the session begins."""
    end_ms: int

    def id(self, at_ms: int, name: str) -> str:
        return derived_uuid7(at_ms, f"{self.seed}/{self.serial}/{name}")

    @property
    def user_id(self) -> str:
        """One user in five signs in with an e-mail address."""
        return f"user{self.user}@example.org" if self.user % 5 == 0 else f"u-{self.user:05d}"

    def drift_of(self, agent: str) -> DriftTruth | None:
        """The drift, where it has come to this agent."""
        return self.drift if self.drift and self.drift.agent == agent else None


def scene(dice: Dice, plan: Plan, serial: int, start_ms: int) -> Scene:
    """Who starts the session number `serial` at this moment, and what has drifted by then."""
    start = EPOCH + timedelta(milliseconds=start_ms)
    return Scene(
        serial=serial,
        seed=plan.seed,
        session_id=f"s-{plan.seed}-{serial}",
        user=dice.whole(1, USERS),
        tenant=dice.pick(TENANTS),
        channel=dice.pick(CHANNELS),
        released=start >= plan.start + plan.span / 2,
        drift=plan.drift if start >= plan.drift.at else None,
        end_ms=milliseconds(plan.end),
    )


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (moment - EPOCH) // timedelta(milliseconds=1)
