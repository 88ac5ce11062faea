"""What reaches raw, over a real Kafka."""

import threading

import pytest
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from headrace import kafka
from headrace.client import FeedbackCollector, ProductionInteractionLogger
from headrace.events import Feedback, Label, ProducerStatus, ProductionInteraction
from headrace.settings import Settings
from headrace.topics import RAW
from tests.headrace.client.support import (
    ROUTINE,
    adds_up,
    dropped_seqs,
    events_on_raw,
    numbered_on_raw,
    statuses_on_raw,
    with_logging,
)

pytestmark = pytest.mark.broker


@pytest.fixture(params=[True, False], ids=["masked", "unmasked"])
def own(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return with_logging(settings, sanitize_pii=request.param)


def test_what_was_logged_is_on_raw_with_its_number(own: Settings) -> None:
    logger = ProductionInteractionLogger(own)
    ids = [logger.log(**ROUTINE, session_id=f"s{number % 5}") for number in range(500)]
    result = logger.flush()
    assert (result.logged, result.delivered, result.pending, result.dropped) == (500, 500, 0, {})
    logger.close()

    found = [(r, e) for r, e in events_on_raw(own) if isinstance(e, ProductionInteraction)]
    by_seq = {int(record.headers["seq"]): event.interaction_id for record, event in found}
    assert by_seq == dict(enumerate(ids, start=1))
    assert {record.headers["producer_id"].decode() for record, _ in found} == {logger.producer_id}
    assert all(record.key == (event.session_id or "").encode() for record, event in found)


def test_ids_leave_the_process_only_as_hashes(own: Settings) -> None:
    with ProductionInteractionLogger(own) as logger:
        logger.log(**ROUTINE, user_id="ada-lovelace", session_id="session-seventeen")
        FeedbackCollector(logger).record("x", rater="ada-lovelace", session_id="session-seventeen")
        logger.log_label(interaction_id="x", annotator="ada-lovelace", name="ok", value="yes")
    for record, _ in events_on_raw(own):
        assert b"lovelace" not in record.value
        assert b"seventeen" not in record.value + (record.key or b"")


def test_the_client_masks_what_it_finds_before_sending(settings: Settings) -> None:
    with ProductionInteractionLogger(with_logging(settings, sanitize_pii=True)) as logger:
        logger.log(**{**ROUTINE, "user_query": "I am ada@example.org", "metadata": {"deep": ["ada@example.org"]}})
    events = events_on_raw(settings)
    assert not any(b"ada@example.org" in record.value for record, _ in events)
    assert any(isinstance(event, ProductionInteraction) and "[EMAIL]" in event.user_query for _, event in events)


def test_feedback_and_labels_share_the_numbering(own: Settings) -> None:
    with ProductionInteractionLogger(own) as logger:
        interaction_id = logger.log(**ROUTINE)
        feedback_id = FeedbackCollector(logger).record(interaction_id, score=1, comment="wrong", correct_agent="sales")
        label_id = logger.log_label(interaction_id=interaction_id, annotator="ann", name="resolved", value="no")
    events = {int(r.headers["seq"]): event for r, event in events_on_raw(own) if "seq" in r.headers}
    assert isinstance(events[2], Feedback)
    assert isinstance(events[3], Label)
    assert (events[2].feedback_id, events[2].interaction_id, events[3].label_id) == (
        feedback_id,
        interaction_id,
        label_id,
    )


def test_the_closing_status_accounts_for_every_number(own: Settings) -> None:
    logger = ProductionInteractionLogger(own)
    for number in range(300):
        logger.log(**(ROUTINE if number % 3 else {"user_query": "no agent"}))
    logger.flush()
    logger.log(**ROUTINE)
    logger.close()

    statuses = statuses_on_raw(own, logger.producer_id)
    assert [(s.closed, s.last_seq) for s in statuses] == [(False, 300), (True, 301)]
    dropped = dropped_seqs(statuses[-1])
    delivered = numbered_on_raw(own, logger.producer_id)
    assert sorted([*dropped, *delivered]) == list(range(1, 302))
    assert set(dropped.values()) == {"invalid"}
    status_records = [record for record, event in events_on_raw(own) if isinstance(event, ProducerStatus)]
    assert all("seq" not in r.headers and r.key == r.headers["producer_id"] for r in status_records)


def test_bulk_logging_drops_nothing_though_the_buffer_is_small(own: Settings) -> None:
    small = with_logging(own, buffer_bytes=1024 * 1024)
    with ProductionInteractionLogger(small) as logger:
        taken = logger.log_many(ProductionInteraction(**{**ROUTINE, "response": "x" * 1000}) for _ in range(5000))
        assert taken == 5000
        assert logger.flush(60).delivered == 5000
    assert numbered_on_raw(own, logger.producer_id) == list(range(1, 5001))


def test_many_threads_lose_and_double_nothing(own: Settings) -> None:
    logger = ProductionInteractionLogger(own)

    def work() -> None:
        for _ in range(250):
            logger.log(**ROUTINE)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = logger.close(60)
    assert (result.delivered, result.dropped) == (2000, {})
    assert numbered_on_raw(own, logger.producer_id) == list(range(1, 2001))


def test_what_the_broker_refuses_is_counted_as_undelivered(settings: Settings) -> None:
    """The broker takes 1 MiB; the client's own limit is lower, so the topic's is made lower still."""
    entry = ConfigEntry("max.message.bytes", "2000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, settings.kafka.topic(RAW), incremental_configs=[entry])
    client = kafka.admin(settings.kafka)
    for future in client.incremental_alter_configs([resource]).values():
        future.result()

    logger = ProductionInteractionLogger(with_logging(settings, sanitize_pii=False))
    logger.log(**ROUTINE)
    logger.flush()
    logger.log(**{**ROUTINE, "response": "".join(map(chr, range(300, 4000)))})
    logger.flush()
    logger.log(**ROUTINE)
    result = logger.close()
    assert (result.delivered, result.dropped) == (2, {"undelivered": 1})
    assert adds_up(result)
    assert dropped_seqs(statuses_on_raw(settings, logger.producer_id)[-1]) == {2: "undelivered"}
