"""A store from which a router can learn: three agents, and words that belong to each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from consumers.lake.batch import Batch, Records
from consumers.lake.store import Store
from headrace.events import ProductionInteraction
from headrace.settings import ActiveLearning, ContinualLearning, Logging, Retraining, Settings
from headrace.topics import CLUSTERS, DECISIONS, REPORTS
from tests.consumers.lake.support import CLEAN_TOPIC, NOON, REJECTED_TOPIC, batch, interaction

QUERIES = {
    "billing": ("pay my invoice number {}", "the invoice of month {} is wrong", "charged {} times for one order"),
    "delivery": ("where is parcel {}", "the courier lost package {}", "deliver order {} to the neighbour"),
    "account": ("reset the password of login {}", "change email of account {}", "cannot sign in since {} days"),
}
AGENTS = tuple(QUERIES)
TOPICS = {name: CLEAN_TOPIC.replace("clean", name) for name in (CLUSTERS, DECISIONS, REPORTS)}
TURNS = 900
"""Of the store `learning`."""


def turn(number: int, label: str | None = None) -> ProductionInteraction:
    """One session's only turn, well rated: the agent that answered was right, unless `label` says otherwise."""
    agent = AGENTS[number % len(AGENTS)]
    words = QUERIES[agent][number // len(AGENTS) % 3].format(number % 17)
    return interaction(
        number,
        session_id=f"session-{number}",
        user_id=f"user-{number % 50}",
        user_query=words,
        agent_selected=label or agent,
        user_feedback_score=5.0,
        timestamp=NOON + timedelta(minutes=number),
    )


def settings_in(folder: Path, learning: ActiveLearning | None = None, **retraining: object) -> Settings:
    return Settings(
        continual_learning=ContinualLearning(
            active_learning=learning or ActiveLearning(),
            logging=Logging(storage=folder / "store"),
            retraining=Retraining(**{"min_new_samples": 10, **retraining}),  # type: ignore[arg-type]
        )
    )


def store(settings: Settings, turns: Iterable[ProductionInteraction]) -> None:
    """Adds the turns to the store of `settings`."""
    with Store(settings) as opened:
        if not opened.entries:
            opened.begin(CLEAN_TOPIC, "clean-id", 1)
            opened.begin(REJECTED_TOPIC, "rejected-id", 1)
        opened.write(batch(turns, offset=max(entry.next_offset for entry in opened.entries.values())))


def tell(settings: Settings, topic: str, *records: bytes) -> None:
    """Adds records of the clusters, decisions or reports to the store."""
    with Store(settings) as opened:
        known = {entry.topic: entry.next_offset for entry in opened.entries.values()}
        if TOPICS[topic] not in known:
            opened.begin(TOPICS[topic], f"id of {topic}", 1)
        made, first = Batch(CLEAN_TOPIC, REJECTED_TOPIC, (TOPICS[topic],)), known.get(TOPICS[topic], 0)
        places = list(range(first, first + len(records)))
        made.add(Records(TOPICS[topic], [0] * len(records), places, list(records)))
        opened.write(made)
