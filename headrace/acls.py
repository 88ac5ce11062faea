"""Who may do what on a cluster with an authorizer: the topic table's writers and readers as ACLs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from headrace.errors import BrokerRefused
from headrace.kafka import BROKER_TIMEOUT_S
from headrace.settings import Kafka
from headrace.topics import DIGESTS, TOPICS, WINDOWS_STATE, Role

DEFAULT_PRINCIPALS: Mapping[Role, str] = {
    "agent": "User:agent",
    "sanitizer": "User:sanitizer",
    "service": "User:service",
    "analyst": "User:analyst",
}
WRITERS: tuple[Role, ...] = ("agent", "sanitizer", "service")
CLUSTER = "kafka-cluster"
"""What Kafka calls the cluster as a resource."""
POLL_S = 0.05
_ANY: Any = None
_EVERY_ACL = AclBindingFilter(
    ResourceType.ANY, _ANY, ResourcePatternType.ANY, _ANY, _ANY, AclOperation.ANY, AclPermissionType.ANY
)


def bindings(kafka: Kafka, principals: Mapping[Role, str] = DEFAULT_PRINCIPALS) -> list[AclBinding]:
    """Every ACL that Headrace needs; what is not here is refused by the authorizer.

    Topics are named one by one, since a prefix would open raw. Groups and transactional ids go by
    prefix: a role's own (`headrace.analyst…`; services: all), and `headrace.tail` for whoever reads.
    """
    granted = [*_topics(), *_groups(), *_writing()]
    return [_allow(principals[role], kafka, resource, name, operation) for role, resource, name, operation in granted]


def create_acls(client: AdminClient, wanted: list[AclBinding]) -> None:
    """Makes the ACLs and waits until the broker applies them; those that exist are no error.

    Raises BrokerRefused.
    """
    for binding, future in client.create_acls(wanted, request_timeout=BROKER_TIMEOUT_S).items():
        try:
            future.result()
        except KafkaException as error:
            raise BrokerRefused(f"ACL for {binding.principal} on {binding.name}: {error.args[0].str()}") from None
    _await_applied(client, wanted)


def describe(binding: AclBinding) -> str:
    """One ACL in words.

    >>> describe(bindings(Kafka())[0])
    'User:agent may write topic headrace.raw'
    """
    star = "*" if binding.resource_pattern_type == ResourcePatternType.PREFIXED else ""
    return f"{binding.principal} may {_words(binding.operation)} {_words(binding.restype)} {binding.name}{star}"


_Granted = tuple[Role, ResourceType, str, AclOperation]


def _topics() -> Iterator[_Granted]:
    for topic in TOPICS:
        yield from ((role, ResourceType.TOPIC, topic.name, AclOperation.WRITE) for role in topic.writers)
        yield from ((role, ResourceType.TOPIC, topic.name, AclOperation.READ) for role in topic.readers)
        # The audit compares end offsets of every topic, raw too: that shows counts, no content.
        yield "service", ResourceType.TOPIC, topic.name, AclOperation.DESCRIBE
    # Faust makes its table's topic, and asks for the topic that it reads to be made if it is not there.
    for operation in (AclOperation.CREATE, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE):
        yield "service", ResourceType.TOPIC, WINDOWS_STATE, operation
    yield "service", ResourceType.TOPIC, DIGESTS, AclOperation.CREATE


def _groups() -> Iterator[_Granted]:
    own: dict[Role, str] = {"agent": "agent", "sanitizer": "sanitizer", "service": "", "analyst": "analyst"}
    yield from ((role, ResourceType.GROUP, group, AclOperation.READ) for role, group in own.items())
    yield "sanitizer", ResourceType.GROUP, "tail", AclOperation.READ
    yield "analyst", ResourceType.GROUP, "tail", AclOperation.READ


def _writing() -> Iterator[_Granted]:
    for operation in (AclOperation.WRITE, AclOperation.DESCRIBE):
        yield "sanitizer", ResourceType.TRANSACTIONAL_ID, "", operation
    for role in WRITERS:
        yield role, ResourceType.BROKER, CLUSTER, AclOperation.IDEMPOTENT_WRITE


def _words(member: Any) -> str:
    return str(member.name).lower().replace("_", " ")


def _await_applied(client: AdminClient, wanted: list[AclBinding]) -> None:
    """The controller answers before the brokers have heard of it."""
    deadline = time.monotonic() + BROKER_TIMEOUT_S
    while not set(wanted) <= set(client.describe_acls(_EVERY_ACL, request_timeout=BROKER_TIMEOUT_S).result()):
        if time.monotonic() > deadline:
            raise BrokerRefused(f"ACLs were made, but are not applied after {BROKER_TIMEOUT_S:g} s")
        time.sleep(POLL_S)


def _allow(principal: str, kafka: Kafka, resource: ResourceType, name: str, operation: AclOperation) -> AclBinding:
    literal = resource in (ResourceType.TOPIC, ResourceType.BROKER)
    return AclBinding(
        resource,
        name if resource is ResourceType.BROKER else kafka.topic(name),
        ResourcePatternType.LITERAL if literal else ResourcePatternType.PREFIXED,
        principal,
        "*",
        operation,
        AclPermissionType.ALLOW,
    )
