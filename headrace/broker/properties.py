"""server.properties of a single KRaft node that suits a developer's machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def server_properties(data: Path, port: int, extra: Mapping[str, str]) -> dict[str, str]:
    """The node's properties; `extra` wins.

    >>> server_properties(Path("d"), 9092, {})["controller.quorum.voters"]
    '1@127.0.0.1:9093'
    """
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{port + 1}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1}",
        "log.dirs": str(data),
        **_ONE_NODE,
        **_SMALL_MACHINE,
        **extra,
    }


_ONE_NODE = {
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}

_SMALL_MACHINE = {
    "auto.create.topics.enable": "false",  # a mistyped topic is an error, not a new topic
    "offsets.topic.num.partitions": "4",  # 50 by default: a third of the start-up time
    "transaction.state.log.num.partitions": "4",
    "broker.session.timeout.ms": "4000",  # after a SIGKILL the node waits this long for its dead self
    "broker.heartbeat.interval.ms": "1000",
    "group.initial.rebalance.delay.ms": "0",  # nobody waits for a second consumer
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",  # a killed sanitizer's is ended soon
    "log.cleaner.dedupe.buffer.size": "16777216",  # 128 MB of the heap by default
    "log.segment.delete.delay.ms": "1000",  # deleted topics give their files back at once
}
