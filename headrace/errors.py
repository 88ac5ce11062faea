"""Every error Headrace raises, drawn as a tree: the branch is the decision.

    HeadraceError
    ├── Retriable             the same call again may succeed; nothing was changed
    │   └── BrokerUnavailable
    ├── Abortable             abort the transaction, rewind every partition, go on
    ├── Poison                this one record is rejected with a reason; its neighbours go on
    └── Fatal                 stop loudly; a restart or a person has to decide
        ├── ConfigError
        │   └── MissingIdKey
        ├── BrokerFailed
        ├── BrokerRefused
        ├── RetentionGap
        ├── TopicChanged
        ├── StoreLocked
        ├── StoreFull
        └── LedgerConflict

No message holds text of an event: a decoder's own words quote the offending value, so a
record's trouble is told by a `Reason` and a path made of our own field names.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a record was rejected: the closed list, frozen with the event format."""

    UNDECODABLE = "undecodable"
    """Neither msgpack nor JSON, or cut short."""
    INVALID_TEXT = "invalid_text"
    """A string that is not valid UTF-8, or holds a lone surrogate."""
    TOO_DEEP = "too_deep"
    """Nested deeper than the decoder can follow."""
    TOO_LARGE = "too_large"
    """More bytes than an event may have, before or after sanitizing."""
    UNKNOWN_TYPE = "unknown_type"
    """A `type` that no version of Headrace has had."""
    UNKNOWN_VERSION = "unknown_version"
    """A known type in a version newer than this service."""
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    INVALID_VALUE = "invalid_value"
    """Of the right type, but out of range (NaN, a score of 9, a negative latency)."""
    INVALID_NAME = "invalid_name"
    """An agent, tenant or version that is no plain name of at most 64 characters."""
    TOO_LONG = "too_long"
    """A text longer than the settings allow."""
    INCOHERENT = "incoherent"
    """Fields that contradict each other, or an interaction in which nothing was said."""
    BLOCKED_PATTERN = "blocked_pattern"
    """A text that matches a pattern the operator blocked."""
    INCONSISTENT_FEEDBACK = "inconsistent_feedback"
    SANITIZER_ERROR = "sanitizer_error"
    """A rule failed: closed, so the event is rejected whole."""
    CRASH = "crash"
    """The record ended the sanitizer's process three times."""


class HeadraceError(Exception):
    """The root of the tree."""


class Retriable(HeadraceError):
    """The same call again may succeed; nothing was changed."""


class BrokerUnavailable(Retriable):
    """No broker answered at the bootstrap address in time."""

    def __init__(self, bootstrap_servers: str, seconds: float) -> None:
        super().__init__(
            f"no Kafka broker answered at {bootstrap_servers} within {seconds:g} s; "
            "start one with `headrace broker start`, or set kafka.bootstrap_servers "
            "(or HEADRACE_BOOTSTRAP_SERVERS) to a cluster that runs"
        )
        self.bootstrap_servers = bootstrap_servers


class Abortable(HeadraceError):
    """The transaction has to be aborted and its input read again."""


class Poison(HeadraceError):
    """One record that cannot be taken.

    `reason` is from the closed list; `path` names our own fields only, never a key or value
    of the record.
    """

    def __init__(self, reason: Reason, path: str = "$") -> None:
        super().__init__(f"{reason.value} at {path}")
        self.reason = reason
        self.path = path


class Fatal(HeadraceError):
    """Stop: going on would lose, double or expose something."""


class ConfigError(Fatal):
    """A setting that cannot be used; the message names it and what is allowed."""


class MissingIdKey(ConfigError):
    """No key for hashing user and session ids."""

    def __init__(self) -> None:
        super().__init__(
            "no id key: user and session ids are stored only as keyed hashes; make a key with "
            "`headrace init`, then set HEADRACE_ID_KEY to it or HEADRACE_ID_KEY_FILE to its file"
        )


class BrokerFailed(Fatal):
    """The broker on this machine could not be started or stopped; the message says why."""


class BrokerRefused(Fatal):
    """The cluster answered, and said no: not authorised, not enough replicas, an invalid property."""


class RetentionGap(Fatal):
    """Records between our position and the log's start are gone."""

    def __init__(self, topic: str, partition: int, position: int, log_start: int) -> None:
        super().__init__(
            f"{topic}[{partition}]: offsets {position} to {log_start - 1} expired before they were "
            "read; restore them from a backup, or accept the loss with "
            f"`headrace skip-gap {topic}:{partition}:{log_start}`"
        )
        self.topic, self.partition = topic, partition
        self.position, self.log_start = position, log_start


class TopicChanged(Fatal):
    """A topic is missing, or was deleted and made again since the ledger was written."""


class StoreLocked(Fatal):
    """Another process holds the database file."""


class StoreFull(Fatal):
    """The disk under the store has no room left."""


class LedgerConflict(Fatal):
    """The ledger in the store is not where this process left it: a second writer, or a tampered file."""
