"""The Faust app: one agent on the digests, one table, one page."""

from __future__ import annotations

import os
from collections.abc import Awaitable
from typing import Any

import faust
import structlog

from consumers.metrics import Metrics
from consumers.watchdog import HUNG_STATUS
from consumers.windows.credentials import brokers, credentials
from consumers.windows.page import overview
from consumers.windows.webhook import post_alerts
from consumers.windows.worker import Worker
from headrace import kafka
from headrace.service import Heartbeat
from headrace.settings import Settings
from headrace.topics import COMPACTION, DIGESTS

GROUP = "windows"
SESSION_TIMEOUT_S = 10.0
"""Faust's default of 60 s is how long a killed worker would be waited for."""
HEARTBEAT_S = 3.0
BATCH_RECORDS = 500
BATCH_WAIT_S = 0.2
"""A digest waits so long for others: a delivery costs milliseconds, however many it is for."""
MAX_REQUEST_BYTES = 4 * 1024 * 1024
HOST = "127.0.0.1"
UNUSED_PORT = 6066
"""Faust wants a number, also where the page is off."""

log = structlog.get_logger("windows")


def build(settings: Settings, metrics: Metrics) -> faust.App:
    """The app, not yet started."""
    partitions = _partitions(settings)
    app = faust.App(
        settings.kafka.topic(GROUP),
        broker=brokers(settings.kafka),
        broker_credentials=credentials(settings.kafka),
        broker_session_timeout=SESSION_TIMEOUT_S,
        broker_heartbeat_interval=HEARTBEAT_S,
        consumer_group_instance_id=settings.windows.instance,
        consumer_auto_offset_reset="earliest",
        store="memory://",
        datadir=str(settings.storage / "state" / "windows"),
        topic_partitions=partitions,
        topic_replication_factor=settings.kafka.replication_factor,
        topic_disable_leader=True,
        producer_compression_type="lz4",
        producer_max_request_size=MAX_REQUEST_BYTES,
        stream_wait_empty=False,
        web_enabled=settings.windows.web_port > 0,
        web_port=settings.windows.web_port or UNUSED_PORT,
        web_bind=HOST,
        web_host=HOST,
    )
    _add_agent(app, settings, metrics, partitions)
    return app


def _add_agent(app: faust.App, settings: Settings, metrics: Metrics, partitions: int) -> None:
    raw: dict[str, Any] = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
    digests = app.topic(settings.kafka.topic(DIGESTS), **raw)
    table = app.Table("state", partitions=partitions, key_type=bytes, value_type=bytes, extra_topic_configs=COMPACTION)
    heartbeat = Heartbeat(settings.storage, GROUP)

    async def send(topic: str, key: bytes, value: bytes | None, partition: int | None = None) -> Awaitable[Any]:
        return await app.producer.send(topic, key, value, partition, None, None)

    worker = Worker(settings, table, send, metrics)

    async def take(stream: Any) -> None:
        async for events in stream.take_events(BATCH_RECORDS, within=BATCH_WAIT_S):
            try:
                await worker.turn([(event.message.partition, event.value) for event in events])
            except Exception as error:
                _end(error)

    async def beat() -> None:
        heartbeat.beat()

    async def forget(*_: Any, **__: Any) -> None:
        worker.forget()

    async def post() -> None:
        await post_alerts(worker.alert, settings.windows.webhook)

    app.agent(digests, concurrency=1)(take)
    app.timer(1.0)(beat)
    app.task()(post)
    app.on_partitions_assigned.connect(forget, weak=False)
    app.on_partitions_revoked.connect(forget, weak=False)
    app.page("/windows/")(overview(worker, settings, metrics))


def _end(error: Exception) -> None:
    """Faust would acknowledge the batch and go on: instead a new process reads it again."""
    log.error("a batch could not be taken; the windows end, to start again", error=type(error).__name__)
    os._exit(HUNG_STATUS)


def _partitions(settings: Settings) -> int:
    client = kafka.admin(settings.kafka)
    kafka.require_broker(client, settings.kafka)
    topic = settings.kafka.topic(DIGESTS)
    kafka.topic_ids(client, [topic])
    return len(client.list_topics(topic, timeout=kafka.BROKER_TIMEOUT_S).topics[topic].partitions)
