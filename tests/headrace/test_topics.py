"""The topic table: who writes and reads what, and how long it is kept."""

from __future__ import annotations

import pytest

from headrace.topics import BY_NAME, CLEAN, DAY_MS, RAW, TOPICS, Topic

KEPT_FOR_EVER = {"clusters", "states"}


def test_raw_is_written_by_agents_and_read_by_the_sanitizer_alone() -> None:
    assert BY_NAME[RAW].writers == ("agent",)
    assert BY_NAME[RAW].readers == ("sanitizer",)


def test_raw_bears_the_time_of_its_arrival() -> None:
    assert BY_NAME[RAW].config(90)["message.timestamp.type"] == "LogAppendTime"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_no_topic_outlives_the_retention_of_the_settings(topic: Topic) -> None:
    config = topic.config(retention_days=1)
    if topic.name in KEPT_FOR_EVER:
        assert config["cleanup.policy"] == "compact"
        assert "retention.ms" not in config
    else:
        assert config["cleanup.policy"] == "delete"
        assert int(config["retention.ms"]) == DAY_MS


def test_a_long_retention_does_not_lengthen_a_topic() -> None:
    assert BY_NAME[CLEAN].kept_ms(365) == 30 * DAY_MS
