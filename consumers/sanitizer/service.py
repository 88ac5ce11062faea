"""Guarantee: effectively-once into `headrace.clean` and `headrace.rejected`, provided readers take read_committed.

The loop reads a batch of raw records, makes each record's one outcome, and writes outcomes and input offsets in one
transaction (`Loop._transact`, steps 1 to 6). A transaction never spans a call to `consume`, and partitions come and go
only inside that call (eager assignment), so a rebalance finds nothing half done; one that happens behind our back
makes the broker refuse the offsets, because the group's metadata was taken with the batch.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import structlog

from consumers.log import configure_log
from consumers.memory import bound_arenas, rarely_collect
from consumers.metrics import Metrics
from consumers.sanitizer.inflight import DEATHS_ALLOWED, InFlight
from consumers.sanitizer.limit import RejectionLimit
from consumers.sanitizer.reader import Message, RawReader, slices
from consumers.sanitizer.transaction import Record, Transactions
from consumers.sanitizer.transform import Outcome, RawRecord, Transform
from headrace.errors import Abortable, BrokerUnavailable, Fatal
from headrace.failpoints import failpoint
from headrace.ids import KeyRing
from headrace.kafka import admin, require_broker, topic_ids
from headrace.service import Heartbeat, Shutdown
from headrace.settings import Settings
from headrace.topics import CLEAN, RAW, REJECTED

SERVICE = "sanitizer"
BROKER_PATIENCE_S = 120.0
"""A broker that restarts is back in seconds; after two minutes without one the process ends with an error."""
PROBE_TIMEOUT_S = 2.0
REPORT_EVERY_S = 10.0
SUSPECTS_TOGETHER = 100
"""A batch of 5,000 that was in flight at a kill is back in 50 transactions, half a second; one by one took 40 s."""
OPEN_AT_MOST_S = 2.0
"""A batch takes a quarter of a second; one of texts made to be slow goes on in the next transaction, long before the
broker ends this one after `transaction.timeout.ms`, 10 s."""
ABORTS_ALLOWED = 10
"""In a row: what aborts ten times will abort for ever, and a person has to look."""

log = structlog.get_logger(SERVICE)


def run(settings: Settings) -> None:
    """Sanitizes until SIGTERM or Ctrl-C, then finishes its batch.

    Raises MissingIdKey before anything else; BrokerUnavailable after two minutes without a broker; Fatal where
    only a fresh start is safe.
    """
    configure_log()
    tune_process()
    ring = KeyRing.from_environment()
    shutdown = Shutdown().install()
    if not _await_broker(settings, shutdown):
        return
    loop = Loop(settings, ring)
    try:
        loop.start()
        while not shutdown.requested:
            loop.turn()
    finally:
        loop.close()


def tune_process() -> None:
    """Memory as this loop needs it."""
    rarely_collect()
    bound_arenas()


def _await_broker(settings: Settings, shutdown: Shutdown) -> bool:
    """Whether the broker and our topics are there; False only where the wait was cut short by SIGTERM."""
    client = admin(settings.kafka)
    deadline = time.monotonic() + BROKER_PATIENCE_S
    while not shutdown.requested:
        try:
            require_broker(client, settings.kafka, PROBE_TIMEOUT_S)
            topic_ids(client, [settings.kafka.topic(name) for name in (RAW, CLEAN, REJECTED)])
            return True
        except BrokerUnavailable:
            if time.monotonic() >= deadline:
                raise BrokerUnavailable(settings.kafka.bootstrap_servers, BROKER_PATIENCE_S) from None
            log.warning("no broker yet", bootstrap_servers=settings.kafka.bootstrap_servers)
    return False


class Loop:
    """One instance of the sanitizer: reads, transforms, commits."""

    def __init__(self, settings: Settings, ring: KeyRing) -> None:
        self._clean_topic = settings.kafka.topic(CLEAN)
        self._rejected_topic = settings.kafka.topic(REJECTED)
        self._instance = settings.sanitizer.instance
        self._transform = Transform(ring, settings.continual_learning.quality, settings.continual_learning.privacy)
        self._in_flight = InFlight(settings.storage / "state" / f"{self._instance}.in-flight")
        self._limit = RejectionLimit(
            settings.storage / "state" / f"{self._instance}.all-rejected", settings.sanitizer.rejected_in_a_row
        )
        self._heartbeat = Heartbeat(settings.storage, SERVICE)
        self._metrics = Metrics(settings, SERVICE)
        self._transactions = Transactions(settings.kafka, self._instance, self._give_up)
        self._reader = RawReader(settings, BROKER_PATIENCE_S)
        self._counts = Counter[str]()
        self._aborts_in_a_row = 0
        self._report_at = 0.0

    def start(self) -> None:
        """Fences a former life of this instance, then joins the group."""
        self._transactions.start()
        self._reader.start()
        self._metrics.serve()
        log.info("started", instance=self._instance, sanitizer=self._transform.version, policy=self._transform.policy)

    def turn(self) -> None:
        """One batch, or a short wait for one."""
        self._heartbeat.beat()
        batch = self._reader.fetch()
        for messages in self._parts(batch.messages):
            if not self._take(messages, batch.group):
                break
        if time.monotonic() >= self._report_at:
            self._report()

    def close(self) -> None:
        """An orderly end: leaves no marker and no open transaction."""
        self._report()
        self._reader.close()
        self._in_flight.clear()

    def _give_up(self) -> None:
        """Kafka's client hangs: no record is to blame for the end that follows."""
        log.error("Kafka's client does not return from a transaction; the sanitizer ends, to start again clean")
        self._in_flight.clear()

    def _parts(self, messages: list[Message]) -> Iterator[list[Message]]:
        """What goes into one transaction each: records that were in flight at a sudden death in small groups, at
        two deaths alone.
        """
        if not self._in_flight.has_suspects:
            yield from [messages] if messages else []
            return
        deaths = [self._deaths(message) for message in messages]
        suspects = [message for message, number in zip(messages, deaths, strict=True) if number]
        together = SUSPECTS_TOGETHER if max(deaths, default=0) == 1 else 1
        yield from (suspects[start : start + together] for start in range(0, len(suspects), together))
        if rest := [message for message, number in zip(messages, deaths, strict=True) if not number]:
            yield rest

    def _deaths(self, message: Message) -> int:
        return self._in_flight.deaths(message.partition(), message.offset())

    def _take(self, messages: list[Message], group: object) -> bool:
        """Whether all were committed; if not, a transaction was aborted and every partition rewound."""
        while messages:
            try:
                done = self._transact(messages, group)
            except Abortable as abortable:
                self._abort(abortable)
                return False
            self._aborts_in_a_row = 0
            messages = messages[done:]
        return True

    def _transact(self, messages: list[Message], group: object) -> int:
        """Outcomes and input offsets, all or nothing; returns of how many records: as many as OPEN_AT_MOST_S allows."""
        counts = Counter[str]()
        done = 0

        # 1. The batch is in hand, and noted in a file. If we die here: nothing was written; it is read again.
        self._in_flight.enter(self._reader.ranges(_next_offsets(messages)))
        failpoint("sanitizer.1_after_poll")

        # 2. A transaction is open, and empty. If we die here: the next start of this instance ends it.
        self._transactions.begin()
        close_at = time.monotonic() + OPEN_AT_MOST_S
        failpoint("sanitizer.2_after_begin")

        # 3. Some records have their one outcome, queued or on the broker, none visible. If we die here: they are
        #    aborted by the next start or after ten seconds, and the batch is read again.
        for records in slices(messages):
            outcomes = self._outcomes(records)
            self._limit.take([outcome.reason for outcome in outcomes])
            self._produce(outcomes)
            counts.update(_tally(outcomes))
            done += len(records)
            failpoint("sanitizer.3_after_slice")
            if time.monotonic() > close_at:
                break

        # 4. All have, or the rest is left to the next transaction. If we die here: as above.
        positions = _next_offsets(messages[:done])
        failpoint("sanitizer.4_after_produce")

        # 5. The input's next offsets belong to the transaction. If we die here: they are aborted with it.
        self._transactions.send_offsets(self._reader.places(positions), group)
        failpoint("sanitizer.5_after_send_offsets")

        # 6. Outcomes and offsets became visible in one instant. If we die here: the next batch is the next one.
        #    If commit's answer is lost, either is true, and the next start reads which from the group's offset.
        self._transactions.commit()
        failpoint("sanitizer.6_after_commit")

        self._limit.commit()
        self._reader.advance(positions)
        self._counts.update(counts)
        self._metrics.count(counts)
        return done

    def _outcomes(self, records: list[RawRecord]) -> list[Outcome]:
        if len(records) == 1 and self._in_flight.deaths(records[0].partition, records[0].offset) >= DEATHS_ALLOWED:
            return [self._transform.crashed(records[0])]
        return self._transform(records)

    def _produce(self, outcomes: list[Outcome]) -> None:
        clean: list[Record] = []
        rejected: list[Record] = []
        for outcome in outcomes:
            (clean if outcome.reason is None else rejected).append({"key": outcome.key, "value": outcome.value})
        self._transactions.produce(self._clean_topic, clean)
        self._transactions.produce(self._rejected_topic, rejected)

    def _abort(self, abortable: Abortable) -> None:
        self._counts["aborted"] += 1
        self._aborts_in_a_row += 1
        log.warning("aborted", why=str(abortable), in_a_row=self._aborts_in_a_row)
        if self._aborts_in_a_row >= ABORTS_ALLOWED:
            raise Fatal(f"{ABORTS_ALLOWED} transactions in a row were aborted, the last because: {abortable}")
        try:
            self._transactions.abort()
        except Abortable as again:
            raise Fatal(f"a transaction could not be aborted: {again}") from None
        self._reader.rewind()
        self._limit.rewind()

    def _report(self) -> None:
        self._report_at = time.monotonic() + REPORT_EVERY_S
        self._metrics.set_lag(self._reader.lag())
        if self._counts:
            log.info("sanitized", **self._counts)
            self._counts.clear()


def _next_offsets(messages: list[Message]) -> dict[int, int]:
    return {message.partition(): message.offset() + 1 for message in messages}


def _tally(outcomes: list[Outcome]) -> Counter[str]:
    reasons = Counter([outcome.reason for outcome in outcomes])
    return Counter({"clean" if reason is None else f"rejected_{reason}": count for reason, count in reasons.items()})
