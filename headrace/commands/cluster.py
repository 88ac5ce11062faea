"""The cluster, as a command at a terminal reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.settings import Settings

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient

ANSWER_S = 3.0
"""A broker that is up answers within milliseconds, and a person waits."""


def connect(settings: Settings) -> AdminClient:
    """A client of a cluster that answers; raises BrokerUnavailable."""
    from headrace import kafka

    client = kafka.admin(settings.kafka)
    kafka.require_broker(client, settings.kafka, ANSWER_S)
    return client
