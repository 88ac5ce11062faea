"""`headrace tail`: the records of a topic, as they arrive or from the start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from headrace.commands.cluster import connect
from headrace.commands.output import print_json
from headrace.errors import ConfigError
from headrace.settings import Settings, load
from headrace.topics import BY_NAME, CLEAN, RAW

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

POLL_S = 0.2
SHOWN_CHARACTERS = 100

app = typer.Typer()


@app.command(
    epilog="`headrace tail --from-start --limit 10` shows the ten oldest interactions; "
    "`headrace tail rejected --json | jq .value.reason` why records were refused."
)
def tail(
    topic: Annotated[str, typer.Argument(help=f"One of: {', '.join(BY_NAME)}.")] = CLEAN,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="From the oldest record, to the present end.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many records.")] = None,
    unsanitized: Annotated[
        bool, typer.Option("--unsanitized", help="Required for raw: it holds personal data.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print whole records, one JSON object a line.")] = False,
) -> None:
    """Print a topic's records: new ones until Ctrl-C, or those there are with --from-start."""
    settings = load()
    _check(topic, unsanitized)
    if topic == RAW:
        typer.echo(
            "headrace: raw holds personal data that nobody has removed: what follows is not to be kept", err=True
        )
    try:
        for number, message in enumerate(_messages(settings, topic, from_start), start=1):
            print_json(described(message)) if as_json else typer.echo(one_line(described(message)))
            if number == limit:
                break
    except KeyboardInterrupt:
        return


def described(message: Message) -> dict[str, Any]:
    """A record as plain values."""
    _, milliseconds = message.timestamp()
    key = message.key()
    return {
        "partition": message.partition(),
        "offset": message.offset(),
        "timestamp": datetime.fromtimestamp(milliseconds / 1000, UTC),
        "key": key.decode(errors="replace") if isinstance(key, bytes) else key,
        "value": _value(message.value()),
    }


def one_line(record: dict[str, Any]) -> str:
    """A record for people: where it is, when it came, and the start of what it says."""
    said = msgspec.json.encode(record["value"], enc_hook=str).decode()
    short = said if len(said) <= SHOWN_CHARACTERS else f"{said[:SHOWN_CHARACTERS]}…"
    return f"{record['partition']}:{record['offset']:<8} {record['timestamp']:%Y-%m-%d %H:%M:%S} {short}"


def _check(topic: str, unsanitized: bool) -> None:
    if topic not in BY_NAME:
        raise ConfigError(f"there is no topic {topic!r}; there are: {', '.join(BY_NAME)}")
    if topic == RAW and not unsanitized:
        raise ConfigError("raw holds personal data; say --unsanitized if you may read it, or read clean")


def _value(payload: bytes | None) -> Any:
    if payload is None:
        return None
    try:
        return msgspec.json.decode(payload) if payload[:1] == b"{" else msgspec.msgpack.decode(payload)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return {"undecodable_bytes": len(payload)}


def _messages(settings: Settings, topic: str, from_start: bool) -> Iterator[Message]:
    from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaError, KafkaException, TopicPartition

    from headrace import kafka

    connect(settings)
    name = settings.kafka.topic(topic)
    consumer = Consumer({**kafka.consumer(settings.kafka, "tail"), "enable.partition.eof": True})
    try:
        partitions = _partitions(consumer, name)
        offset = OFFSET_BEGINNING if from_start else OFFSET_END
        consumer.assign([TopicPartition(name, partition, offset) for partition in partitions])
        at_end: set[int | None] = set()
        while not (from_start and len(at_end) == len(partitions)):
            message = consumer.poll(POLL_S)
            if message is None:
                continue
            if (error := message.error()) is None:
                yield message
            elif error.code() == KafkaError._PARTITION_EOF:
                at_end.add(message.partition())
            else:
                raise KafkaException(error)
    finally:
        consumer.close()


def _partitions(consumer: Consumer, name: str) -> list[int]:
    from confluent_kafka import KafkaException

    from headrace.kafka import BROKER_TIMEOUT_S

    found = consumer.list_topics(name, timeout=BROKER_TIMEOUT_S).topics[name]
    if found.error is not None:
        raise KafkaException(found.error)
    return list(found.partitions)
