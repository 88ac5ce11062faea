"""A cluster with SASL/SCRAM and an authorizer: the topic table's writers and readers, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from headrace import kafka
from headrace.acls import bindings, create_acls
from headrace.broker.local import LocalBroker, free_port
from headrace.settings import Settings
from headrace.topic_admin import create_topics
from headrace.topics import CLEAN, RAW, STATES, TOPICS, Role
from tests.conftest import settings_for
from tests.support import produce, wait_for

pytestmark = pytest.mark.broker

USERS: tuple[str, ...] = ("admin", "agent", "sanitizer", "service", "analyst")
PASSWORD = "only-in-this-test"
AUTHORIZATION_ERRORS = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
}


def sasl(user: str) -> dict[str, str]:
    return {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-256", "sasl.username": user}


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    scram = [f"--add-scram=SCRAM-SHA-256=[name={user},password={PASSWORD}]" for user in USERS]
    properties = {
        "listeners": f"SASL_PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1}",
        "listener.security.protocol.map": "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-256",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-256",
        "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config": (
            f'org.apache.kafka.common.security.scram.ScramLoginModule required username="admin" password="{PASSWORD}";'
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:admin;User:ANONYMOUS",  # the controller's own listener is plain
    }
    client = {**sasl("admin"), "sasl.password": PASSWORD}
    broker = LocalBroker(
        tmp_path_factory.mktemp("secured"),
        port,
        properties=properties,
        format_arguments=scram,
        client_properties=client,
    )
    broker.start()
    yield broker.bootstrap_servers
    broker.kill()


@pytest.fixture
def cluster(secured: str, tmp_path: Path) -> Settings:
    """Settings of the administrator, with topics and ACLs made."""
    own = acting_as("admin", settings_for(secured, tmp_path), tmp_path)
    client = kafka.admin(own.kafka)
    create_topics(client, own)
    create_acls(client, bindings(own.kafka))
    return own


def acting_as(user: str, settings: Settings, folder: Path) -> Settings:
    """The settings with which `user` reaches the cluster; the password comes from a file."""
    password = folder / "password"
    password.write_text(f"{PASSWORD}\n")
    own = msgspec.structs.replace(settings.kafka, properties=sasl(user), property_files={"sasl.password": password})
    return msgspec.structs.replace(settings, kafka=own)


def may_write(settings: Settings, topic: str) -> bool:
    errors: list[KafkaError | None] = []
    producer = Producer({**kafka.producer(settings.kafka), "enable.idempotence": False, "log_level": 0})
    name = settings.kafka.topic(topic)
    producer.produce(name, b"x", b"key", on_delivery=lambda error, _: errors.append(error))
    assert producer.flush(30) == 0
    assert {error.code() for error in errors if error} <= AUTHORIZATION_ERRORS
    return all(error is None for error in errors)


def may_read(settings: Settings, topic: str, group: str) -> bool:
    name = settings.kafka.topic(topic)
    consumer = Consumer({**kafka.consumer(settings.kafka, group), "log_level": 0})
    try:
        if (hidden := consumer.list_topics(name, timeout=30).topics[name].error) is not None:
            assert hidden.code() in AUTHORIZATION_ERRORS
            return False
        consumer.assign([TopicPartition(name, partition, 0) for partition in range(6)])
        return wait_for(lambda: first_word(consumer), f"an answer about {topic}") == "read"
    finally:
        consumer.close()


def first_word(consumer: Consumer) -> str | None:
    message = consumer.poll(0.1)
    if message is None:
        return None
    error = message.error()
    if error is None:
        return "read"
    return "refused" if error.code() in AUTHORIZATION_ERRORS else None


def test_the_analyst_cannot_read_raw_but_reads_clean(cluster: Settings, tmp_path: Path) -> None:
    produce(acting_as("agent", cluster, tmp_path), RAW, [b"personal"])
    produce(acting_as("sanitizer", cluster, tmp_path), CLEAN, [b"clean"] * 50)
    analyst = acting_as("analyst", cluster, tmp_path)
    assert not may_read(analyst, RAW, "tail")
    assert not may_write(analyst, CLEAN)
    assert may_read(analyst, CLEAN, "tail")


def test_the_agent_writes_raw_and_reads_nothing_back(cluster: Settings, tmp_path: Path) -> None:
    agent = acting_as("agent", cluster, tmp_path)
    assert may_write(agent, RAW)
    assert not may_read(agent, RAW, "agent")
    assert not may_write(agent, CLEAN)


def test_the_sanitizer_reads_raw_and_commits_it_in_a_transaction(cluster: Settings, tmp_path: Path) -> None:
    assert may_write(acting_as("agent", cluster, tmp_path), RAW)
    own = acting_as("sanitizer", cluster, tmp_path)
    assert may_read(own, RAW, "sanitizer")
    transactional = {"transactional.id": own.kafka.topic("sanitizer-1"), "log_level": 0}
    producer = Producer({**kafka.producer(own.kafka), **transactional})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(own.kafka.topic(CLEAN), b"clean")
    consumer = Consumer(kafka.consumer(own.kafka, "sanitizer"))
    consumer.subscribe([own.kafka.topic(RAW)])
    wait_for(lambda: consumer.poll(0.1) is None and consumer.assignment(), "the group's assignment")
    producer.send_offsets_to_transaction(
        [TopicPartition(own.kafka.topic(RAW), 0, 1)], consumer.consumer_group_metadata(), 30
    )
    producer.commit_transaction(30)
    consumer.close()


def test_a_transactional_id_is_for_the_sanitizer_only(cluster: Settings, tmp_path: Path) -> None:
    own = acting_as("service", cluster, tmp_path)
    transactional = {"transactional.id": own.kafka.topic("sanitizer-1"), "log_level": 0}
    with pytest.raises(KafkaException, match="Transactional Id authorization"):
        Producer({**kafka.producer(own.kafka), **transactional}).init_transactions(30)


@pytest.mark.parametrize("role", ["agent", "service", "analyst"])
def test_raw_is_read_by_the_sanitizer_alone(role: Role, cluster: Settings, tmp_path: Path) -> None:
    assert may_write(acting_as("agent", cluster, tmp_path), RAW)
    assert not may_read(acting_as(role, cluster, tmp_path), RAW, role)


def test_acls_are_made_twice_without_harm(cluster: Settings) -> None:
    create_acls(kafka.admin(cluster.kafka), bindings(cluster.kafka))


def test_states_are_read_by_agents(cluster: Settings, tmp_path: Path) -> None:
    assert may_write(acting_as("service", cluster, tmp_path), STATES)
    assert may_read(acting_as("agent", cluster, tmp_path), STATES, "agent")


def test_every_topic_of_the_table_has_a_writer_and_a_reader() -> None:
    assert all(topic.writers and topic.readers for topic in TOPICS)
