"""Clean records as the sanitizer writes them, and batches of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from consumers.lake.batch import Batch, Records
from consumers.lake.store import Store
from headrace.codec import encode
from headrace.errors import Reason
from headrace.events import AnyEvent, Clean, Feedback, ProductionInteraction, Rejected
from headrace.ids import uuid7

CLEAN_TOPIC = "headrace.clean"
REJECTED_TOPIC = "headrace.rejected"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def interaction(number: int, **fields: Any) -> ProductionInteraction:
    """Interaction `number`: its id and content are the same whenever it is made."""
    return ProductionInteraction(
        **{
            "interaction_id": interaction_id(number),
            "timestamp": NOON + timedelta(seconds=number),
            "agent_selected": f"agent-{number % 3}",
            "user_query": f"question {number}",
            "response": f"answer {number}",
            "producer_id": "producer",
            "seq": number + 1,
            **fields,
        }
    )


def interaction_id(number: int) -> str:
    ms = int(NOON.timestamp() * 1000) + 1000 * number
    return f"{ms >> 16:08x}-{ms & 0xFFFF:04x}-7000-8000-{number:012x}"


def feedback(about: int, **fields: Any) -> Feedback:
    return Feedback(**{"interaction_id": interaction_id(about), "timestamp": NOON, "score": 4.0, **fields})


def clean(event: AnyEvent, **fields: Any) -> Clean:
    return Clean(
        **{
            "event": event,
            "sanitizer": "1",
            "policy": "p",
            "raw_partition": 0,
            "raw_offset": 0,
            "appended_at": NOON,
            **fields,
        }
    )


def rejected(seq: int, **fields: Any) -> Rejected:
    return Rejected(
        **{
            "reason": Reason.TOO_LONG,
            "path": "$.user_query",
            "stage": "sanitizer",
            "raw_partition": 0,
            "raw_offset": seq,
            "appended_at": NOON,
            "producer_id": "producer",
            "seq": seq,
            **fields,
        }
    )


def batch(
    events: Iterable[AnyEvent | Clean] = (), *, offset: int = 0, partition: int = 0, refused: Sequence[Rejected] = ()
) -> Batch:
    """A batch of one partition's records from `offset` on, and of `rejected`'s from `offset` on."""
    made = Batch(CLEAN_TOPIC, REJECTED_TOPIC)
    cleans = [event if isinstance(event, Clean) else clean(event) for event in events]
    _add(made, CLEAN_TOPIC, [encode(value) for value in cleans], partition, offset)
    _add(made, REJECTED_TOPIC, [encode(value) for value in refused], 0, offset)
    return made


def _add(made: Batch, topic: str, values: list[bytes], partition: int, offset: int) -> None:
    if values:
        offsets = list(range(offset, offset + len(values)))
        made.add(Records(topic, [partition] * len(values), offsets, values))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    return store.connection.execute(sql).fetchall()


def fresh_id() -> str:
    return uuid7()
