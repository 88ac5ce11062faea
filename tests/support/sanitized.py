"""What the sanitizer owes for a raw topic: a workload with canaries, and the checks that follow any fault."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from confluent_kafka import Consumer, IsolationLevel, Producer, TopicPartition
from confluent_kafka.admin import OffsetSpec

from headrace import codec, kafka
from headrace.events import AnyEvent, Feedback, ProductionInteraction, Retrieval
from headrace.ids import uuid7
from headrace.settings import Settings
from headrace.topics import BY_NAME, CLEAN, PRODUCER_HEADER, RAW, REJECTED, SEQ_HEADER
from tests.support.records import Record, read_all
from tests.support.waiting import wait_for

CANARY = "kanarienvogel"
"""Stands in every personal value of the workload, and so may stand nowhere but on raw."""
ANSWER_S = 10.0


def events(count: int, seed: int) -> Iterator[AnyEvent]:
    """Interactions and feedback with a canary in every place that may hold personal data."""
    dice = random.Random(seed)
    for number in range(count):
        mail = f"{CANARY}.{number}@leak.example"
        session = f"{CANARY} session {dice.randrange(20)}"
        if number % 5 == 4:
            yield Feedback(interaction_id=f"{CANARY}-{number}", session_id=session, rater=mail, score=4.0, comment=mail)
            continue
        yield ProductionInteraction(
            agent_selected="billing",
            session_id=session,
            user_id=mail,
            user_query=f"I am {mail}. " + "And then? " * dice.randrange(60),
            response=f"Hello {mail}!",
            error=f"no mailbox {mail}",
            retrieval=Retrieval(ids=[mail], scores=[1.0], texts=[f"see {mail}"]),
            tags=[mail],
            metadata={mail: [{"deep": {"mail": mail, "n": number}}]},
        )


def fill_raw(settings: Settings, count: int, seed: int = 1) -> None:
    """Writes the workload to raw as one producer; one record in fifty is no event at all."""
    producer = Producer(kafka.producer(settings.kafka))
    producer_id = uuid7()
    for seq, event in enumerate(events(count, seed), start=1):
        value = f"{CANARY} is no event".encode() if seq % 50 == 0 else codec.encode(event)
        headers: dict[str, str | bytes | None] = {PRODUCER_HEADER: producer_id, SEQ_HEADER: str(seq)}
        key = str(getattr(event, "session_id", None)).encode()
        producer.produce(settings.kafka.topic(RAW), value, key, headers=headers)
        producer.poll(0)
    assert producer.flush(ANSWER_S) == 0


def lag(settings: Settings) -> int:
    """How many raw records the group has not committed yet."""
    consumer = Consumer(kafka.consumer(settings.kafka, "sanitizer"))
    try:
        places = _places(settings, RAW)
        committed = {place.partition: max(place.offset, 0) for place in consumer.committed(places, timeout=ANSWER_S)}
        ends = (consumer.get_watermark_offsets(place, timeout=ANSWER_S)[1] for place in places)
        return sum(end - committed[place.partition] for place, end in zip(places, ends, strict=True))
    finally:
        consumer.close()


def await_caught_up(settings: Settings) -> None:
    """Waits until the group has committed all of raw."""
    wait_for(lambda: lag(settings) == 0, "the sanitizer to reach the end of raw")


def assert_nothing_wrong(settings: Settings) -> None:
    """Each raw record has exactly one outcome, in order, without a canary; no transaction is open."""
    wait_for(lambda: not _open_ends(settings), "all transactions to end")
    raw = read_all(settings, RAW, isolation="read_uncommitted")
    clean, rejected = read_all(settings, CLEAN), read_all(settings, REJECTED)
    outcomes = Counter((*_raw_places(clean, codec.decode_clean), *_raw_places(rejected, codec.decode_rejected)))
    expected = Counter((record.partition, record.offset) for record in raw)
    assert outcomes == expected, f"without outcome: {expected - outcomes}; too often: {outcomes - expected}"
    _assert_in_order(clean)
    for record in (*clean, *rejected):
        assert CANARY.encode() not in (record.key or b"") + record.value


def _raw_places(records: Iterable[Record], decode: codec.Decoder[Any]) -> Iterator[tuple[int, int]]:
    for record in records:
        outcome = decode(record.value)
        yield outcome.raw_partition, outcome.raw_offset


def _assert_in_order(clean: Iterable[Record]) -> None:
    """What one session said stays in the order in which it stands on raw."""
    latest: dict[bytes | None, int] = {}
    for record in clean:
        offset = codec.decode_clean(record.value).raw_offset
        assert latest.get(record.key, -1) < offset
        latest[record.key] = offset


def _open_ends(settings: Settings) -> dict[str, tuple[int, int]]:
    """Partitions whose last stable offset is behind their end: a transaction is open there."""
    places = [place for topic in (CLEAN, REJECTED) for place in _places(settings, topic)]
    stable, end = (_ends(settings, places, level) for level in IsolationLevel)
    return {place: (offset, end[place]) for place, offset in stable.items() if offset != end[place]}


def _ends(settings: Settings, places: list[TopicPartition], level: IsolationLevel) -> dict[str, int]:
    end: OffsetSpec = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    latest = dict.fromkeys(places, end)
    client = kafka.admin(settings.kafka)
    futures = client.list_offsets(latest, isolation_level=level, request_timeout=ANSWER_S)
    return {f"{place.topic}[{place.partition}]": future.result().offset for place, future in futures.items()}


def _places(settings: Settings, topic: str) -> list[TopicPartition]:
    return [TopicPartition(settings.kafka.topic(topic), number) for number in range(BY_NAME[topic].partitions)]
