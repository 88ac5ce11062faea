"""Makes the topics of the table on a cluster, and compares those that exist with it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from headrace.errors import BrokerRefused
from headrace.kafka import BROKER_TIMEOUT_S
from headrace.settings import Settings
from headrace.topics import TOPICS, WINDOWS_STATE, Topic

CREATE_TIMEOUT_S = 30.0
"""Eight topics take well under a second; a busy cluster gets half a minute."""
VISIBLE_POLL_S = 0.02


def create_topics(client: AdminClient, settings: Settings) -> list[str]:
    """Creates the topics that do not exist, waits until every client sees them, and names them.

    Raises BrokerRefused.
    Existing topics are left as they are: `differences` tells what is not as the table says.
    """
    futures = client.create_topics([new_topic(topic, settings) for topic in TOPICS], request_timeout=CREATE_TIMEOUT_S)
    created = [name for name, future in futures.items() if _created(name, future)]
    _await_visible(client, created)
    return created


def new_topic(topic: Topic, settings: Settings) -> NewTopic:
    """What the broker is asked for."""
    return NewTopic(
        settings.kafka.topic(topic.name),
        num_partitions=topic.partitions,
        replication_factor=settings.kafka.replication_factor,
        config=wanted_config(topic, settings),
    )


def wanted_config(topic: Topic, settings: Settings) -> dict[str, str]:
    """The topic's configuration as table and settings want it."""
    return {
        **topic.config(settings.continual_learning.privacy.retention_days),
        "min.insync.replicas": str(settings.kafka.min_insync_replicas),
    }


def describe(client: AdminClient, settings: Settings) -> dict[str, dict[str, str]]:
    """The properties of each topic of the table, and of the windows' own, that exists; `partitions` among them."""
    names = [settings.kafka.topic(name) for name in (*(topic.name for topic in TOPICS), WINDOWS_STATE)]
    partitions = _known(client.describe_topics(TopicCollection(names), request_timeout=BROKER_TIMEOUT_S))
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in partitions]
    asked = client.describe_configs(resources, request_timeout=BROKER_TIMEOUT_S) if resources else {}
    configs = _known({resource.name: future for resource, future in asked.items()})
    return {
        name: {
            "partitions": str(len(partitions[name].partitions)),
            **{key: entry.value for key, entry in config.items()},
        }
        for name, config in configs.items()
    }


def differences(found: Mapping[str, Mapping[str, str]], settings: Settings) -> list[str]:
    """One line for every topic that is missing or is not as the table says."""
    return [line for topic in TOPICS for line in _differences_of(topic, found, settings)]


def _differences_of(topic: Topic, found: Mapping[str, Mapping[str, str]], settings: Settings) -> Iterable[str]:
    name = settings.kafka.topic(topic.name)
    if name not in found:
        yield f"{name}: missing; `headrace topics create` makes it"
        return
    for key, value in {"partitions": str(topic.partitions), **wanted_config(topic, settings)}.items():
        if (actual := found[name].get(key)) != value:
            yield f"{name}: {key} is {actual}, the table says {value}"


def _created(name: str, future: Any) -> bool:
    try:
        future.result()
    except KafkaException as error:
        if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:
            return False
        raise BrokerRefused(f"{name} was not created: {error.args[0].str()}") from None
    return True


def _await_visible(client: AdminClient, names: list[str]) -> None:
    """The controller answers before the brokers have heard of it."""
    deadline = time.monotonic() + CREATE_TIMEOUT_S
    while not client.list_topics(timeout=BROKER_TIMEOUT_S).topics.keys() >= set(names):
        if time.monotonic() > deadline:
            raise BrokerRefused(f"created, but not visible after {CREATE_TIMEOUT_S:g} s: {', '.join(names)}")
        time.sleep(VISIBLE_POLL_S)


def _known(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the broker says of each topic that exists: one may go between two questions."""
    found = {}
    for name, future in answers.items():
        try:
            found[name] = future.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise BrokerRefused(f"{name}: {error.args[0].str()}") from None
    return found
