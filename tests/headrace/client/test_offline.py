"""What an agent sees of a logger whose broker never answers: nothing."""

import asyncio
import logging
import random
import threading
import time
from typing import Any

import pytest

from headrace.client import FeedbackCollector, ProductionInteractionLogger
from headrace.errors import ConfigError, MissingIdKey
from headrace.events import ProductionInteraction
from headrace.ids import ID_KEY_VARIABLE, is_uuid7
from headrace.settings import ContinualLearning, Kafka, Privacy, Settings
from tests.headrace.client.support import NOWHERE, ROUTINE, adds_up, unreachable

KILOBYTE = "x" * 1024
BOUND = 1024 * 1024


@pytest.fixture(params=[True, False], ids=["masked", "unmasked"])
def logger(request: pytest.FixtureRequest) -> Any:
    logger = ProductionInteractionLogger(unreachable(buffer_bytes=BOUND, sanitize_pii=request.param))
    yield logger
    logger.close(0.02)


def test_events_wait_for_the_broker(logger: ProductionInteractionLogger) -> None:
    assert is_uuid7(logger.log(**ROUTINE))
    result = logger.flush(0.05)
    assert (result.logged, result.accepted, result.delivered, result.pending, result.dropped) == (1, 1, 0, 1, {})


def test_the_buffer_keeps_its_bound_and_its_last_quarter_for_errors(logger: ProductionInteractionLogger) -> None:
    for _ in range(2000):
        logger.log(**{**ROUTINE, "response": KILOBYTE})
    routine = logger.counts
    assert 0 < routine.accepted * 1024 <= 0.75 * BOUND
    assert routine.dropped == {"queue_full": 2000 - routine.accepted}
    for _ in range(2000):
        logger.log(**{**ROUTINE, "response": KILOBYTE, "error": "timeout"})
    full = logger.counts
    assert full.accepted > routine.accepted
    assert full.accepted * 1024 <= BOUND
    logger.log(**ROUTINE)
    assert logger.counts.accepted == full.accepted
    assert adds_up(logger.counts)


def test_feedback_and_labels_find_room_where_routine_does_not(logger: ProductionInteractionLogger) -> None:
    while "queue_full" not in logger.counts.dropped:
        logger.log(**ROUTINE)
    before = logger.counts.accepted
    FeedbackCollector(logger).record(logger.log(**ROUTINE), score=5)
    logger.log_label(interaction_id="i", annotator="ann", name="resolved", value="yes")
    assert logger.counts.accepted == before + 2


def test_every_drop_is_in_a_range_with_its_policy(logger: ProductionInteractionLogger) -> None:
    logger.log(**ROUTINE)
    logger.log(user_query="an interaction without an agent")
    logger.log(**{**ROUTINE, "agent_selected": "not a name"})
    logger.log(**ROUTINE)
    logger.log(**{**ROUTINE, "response": "x" * 1_000_000})
    assert logger.counts.dropped == {"invalid": 2, "too_large": 1}
    logger.close(0.2)
    assert logger.last_seq == logger.counts.logged == 5
    assert sorted(dropped_by(logger).values()) == ["invalid", "invalid", "not_sent", "not_sent", "too_large"]


def test_close_holds_its_timeout_and_drops_the_rest_as_not_sent(logger: ProductionInteractionLogger) -> None:
    for _ in range(100):
        logger.log(**ROUTINE)
    started = time.monotonic()
    result = logger.close(0.5)
    assert time.monotonic() - started < 5
    assert result.dropped == {"not_sent": 100}
    assert (result.logged, result.delivered, result.pending) == (100, 0, 0)
    assert dropped_by(logger) == dict.fromkeys(range(1, 101), "not_sent")


def test_after_close_nothing_is_numbered_and_nothing_raised(
    logger: ProductionInteractionLogger, caplog: pytest.LogCaptureFixture
) -> None:
    logger.close(0.05)
    logger.log(**ROUTINE)
    logger.log(agent_selected="no query")
    assert (logger.last_seq, logger.counts.logged) == (0, 0)
    assert logger.close(0.05) == logger.counts
    assert [record.message for record in caplog.records if "after close()" in record.message] == [
        "an event was logged after close(), and is lost; close the logger last"
    ]


def dropped_by(logger: ProductionInteractionLogger) -> dict[int, str]:
    """The policy of each number that the logger's status names as dropped."""
    ranges = logger._outbox.ledger.snapshot()["dropped"]
    return {seq: dropped.policy for dropped in ranges for seq in range(dropped.first, dropped.last + 1)}


def _nested(levels: int) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for _ in range(levels):
        tree = {"in": tree}
    return tree


def _circular() -> dict[str, Any]:
    tree: dict[str, Any] = {}
    tree["self"] = tree
    return tree


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"nonsense": 1},
        {**ROUTINE, "nonsense": 1},
        {**ROUTINE, "user_query": "lone surrogate \ud800"},
        {**ROUTINE, "session_id": 17},
        {**ROUTINE, "user_id": ["a", "list"]},
        {**ROUTINE, "metadata": {"object": object()}},
        {**ROUTINE, "metadata": {"number": 2**70}},
        {**ROUTINE, "metadata": _circular()},
        {**ROUTINE, "agent_selected": ["unhashable"]},
        {**ROUTINE, "user_feedback_score": "five"},
        {**ROUTINE, "timestamp": object()},
    ],
)
def test_what_cannot_be_sent_is_counted_and_never_raised(
    logger: ProductionInteractionLogger, fields: dict[str, Any]
) -> None:
    assert isinstance(logger.log(**fields), str)
    assert logger.counts.dropped == {"invalid": 1}
    assert adds_up(logger.counts)


@pytest.mark.parametrize("interaction", [{}, "text", 7, object()])
def test_a_thing_that_is_no_interaction_is_counted(logger: ProductionInteractionLogger, interaction: Any) -> None:
    logger.log(interaction)
    assert logger.log_many([interaction]) == 0
    assert logger.counts.dropped == {"invalid": 2}


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"nan": float("nan")}},
        {"metadata": _nested(200)},
        {"metadata": {"text": "x" * 500_000}},
        {"metadata": {1: "a key that is no text"}},
        {"session_id": "lone surrogate \ud800"},
        {"agent_selected": None},
        {"latency_ms": -1},
    ],
)
def test_what_the_sanitizer_has_to_judge_is_taken_or_counted(
    logger: ProductionInteractionLogger, fields: dict[str, Any]
) -> None:
    logger.log(**{**ROUTINE, **fields})
    assert logger.counts.logged == 1
    assert adds_up(logger.counts)


def test_the_agents_own_event_is_left_as_it_was(logger: ProductionInteractionLogger) -> None:
    event = ProductionInteraction(**ROUTINE, user_id="ada", session_id="s", metadata={"step": 1})
    assert logger.log(event) == event.interaction_id
    logger.log_many([event])
    assert (event.user_id, event.session_id, event.metadata) == ("ada", "s", {"step": 1})


def test_threads_share_one_numbering(logger: ProductionInteractionLogger) -> None:
    def work() -> None:
        for _ in range(200):
            logger.log(**(ROUTINE if random.random() < 0.9 else {}))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logger.counts.logged == 1600
    assert adds_up(logger.counts)
    assert logger.close(0.2).pending == 0
    assert sorted(dropped_by(logger)) == list(range(1, 1601))


def test_coroutines_log_without_blocking(logger: ProductionInteractionLogger) -> None:
    async def agent() -> list[str]:
        ids = await asyncio.gather(*(logger.log_interaction(**ROUTINE) for _ in range(10)))
        await FeedbackCollector(logger).collect(ids[0], score=1, comment="wrong")
        return ids

    assert len(set(asyncio.run(agent()))) == 10
    assert logger.counts.logged == 11


def test_bulk_logging_waits_for_room_no_longer_than_told(logger: ProductionInteractionLogger) -> None:
    while "queue_full" not in logger.counts.dropped:
        logger.log(**ROUTINE)
    assert logger.log_many([ProductionInteraction(**ROUTINE)], timeout_s=0.05) == 0
    assert adds_up(logger.counts)


def test_drops_are_told_once_a_minute_without_any_text(
    logger: ProductionInteractionLogger, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "headrace.client"):
        for _ in range(50):
            logger.log(**{**ROUTINE, "agent_selected": "ada@example.org"})
            time.sleep(0.005)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 1
    assert "last invalid: invalid_name at $.agent_selected" in lines[0]
    assert "ada@example.org" not in caplog.text


def test_without_an_id_key_it_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ID_KEY_VARIABLE)
    with pytest.raises(MissingIdKey):
        ProductionInteractionLogger(unreachable())
    learning = ContinualLearning(privacy=Privacy(anonymize_user_ids=False))
    kafka = Kafka(bootstrap_servers=NOWHERE)
    ProductionInteractionLogger(Settings(kafka=kafka, continual_learning=learning)).close(0.05)


def test_a_property_that_kafka_does_not_know_is_told_at_once() -> None:
    settings = Settings(kafka=Kafka(bootstrap_servers=NOWHERE, properties={"no.such.property": 1}))
    with pytest.raises(ConfigError, match=r"no\.such\.property"):
        ProductionInteractionLogger(settings)


def test_a_file_that_kafka_cannot_read_is_told_and_events_are_kept(caplog: pytest.LogCaptureFixture) -> None:
    tls = Kafka(
        bootstrap_servers=NOWHERE,
        properties={"security.protocol": "ssl", "ssl.ca.location": "/no/such/authority.pem"},
    )
    logger = ProductionInteractionLogger(Settings(kafka=tls))
    logger.log(**ROUTINE)
    assert logger.flush(0.5).pending == 1
    assert any("ssl.ca.location" in record.getMessage() for record in caplog.records)
    assert logger.close(0.1).dropped == {"not_sent": 1}


def test_disabled_it_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ID_KEY_VARIABLE)
    threads = threading.active_count()
    logger = ProductionInteractionLogger(unreachable(enabled=False))
    assert is_uuid7(logger.log(**ROUTINE))
    assert logger.log(**ROUTINE, interaction_id="mine") == "mine"
    assert logger.log(ProductionInteraction(**ROUTINE, interaction_id="mine")) == "mine"
    assert logger.log_many([ProductionInteraction(**ROUTINE)]) == 0
    assert logger.flush(0).logged == logger.close(0).logged == 0
    assert threading.active_count() == threads
