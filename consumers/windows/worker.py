"""One windows worker between Faust and the state: takes batches of digests, closes what is due, delivers.

Whatever a batch changes is delivered before the batch counts as taken (`Worker.turn`, steps 1 to 4): Faust commits the
offsets of what was acknowledged without waiting for its own buffer (its flush gives up after 0.1 s), so the
waiting is done here, on each message's delivery.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterator, Sequence
from typing import Any, Protocol

import msgspec
import structlog

from consumers.digests.messages import Part, Progress, decode
from consumers.failures.live import published_clusters
from consumers.metrics import Metrics
from consumers.windows.closing import Closing, Horizon, close, due, forget, settle
from consumers.windows.decided import Decided
from consumers.windows.erasing import erase, published_without
from consumers.windows.reports import Alert, encode
from consumers.windows.state import State
from headrace.failpoints import failpoint
from headrace.settings import Settings
from headrace.topics import CLUSTERS, REPORTS

MICROSECONDS = 1_000_000

log = structlog.get_logger("windows")


class Send(Protocol):
    """Queues a record; what it returns is done when the broker has it."""

    async def __call__(
        self, topic: str, key: bytes, value: bytes | None, partition: int | None = None
    ) -> Awaitable[Any]: ...


class ChangelogTable:
    """One partition of the Faust table: changes are there at once, and on its changelog after `deliver`.

    Of several changes of an entry the last is sent. Writes keep the place of the first, and deletions come when all
    that replaces the entry is written.
    """

    def __init__(self, table: Any, shard: int) -> None:
        self._table, self._shard = table, shard
        self._waiting: dict[bytes, bytes | None] = {}

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        yield from list(self._table.data.items())

    def get(self, key: bytes) -> bytes:
        value: bytes = self._table.data[key]
        return value

    def put(self, key: bytes, value: bytes) -> None:
        self._table.data[key] = value
        self._waiting[key] = value

    def delete(self, key: bytes) -> None:
        if self._table.data.pop(key, None) is not None:
            self._waiting.pop(key, None)
            self._waiting[key] = None

    async def deliver(self, send: Send) -> None:
        """Returns when the broker has every change. Not by Faust's buffer, which lets a hundred a second pass."""
        changes, self._waiting = self._waiting, {}
        topic: str = self._table.changelog_topic.get_topic_name()
        await asyncio.gather(*[await send(topic, key, value, self._shard) for key, value in changes.items()])


class Worker:
    """Keeps a state for each partition of the digests that is ours."""

    def __init__(self, settings: Settings, table: Any, send: Send, metrics: Metrics) -> None:
        self._settings, self._table, self._send, self._metrics = settings, table, send, metrics
        self._horizon = Horizon(settings)
        self._shards: dict[int, tuple[State, ChangelogTable]] = {}
        self._counts = Counter[str]()
        self._decided: Decided | None = None
        self.alert = Alerts()

    def forget(self) -> None:
        """Partitions come and go: what is ours is read from the table again."""
        self._shards.clear()

    async def turn(self, records: Sequence[tuple[int, bytes]]) -> None:
        """Takes records of (partition, value)."""
        # 1. Records are in hand. If we die here: they are read again.
        failpoint("windows.1_before_batch")
        states = {shard: self._state(shard) for shard, _ in records}
        await self._forget_erased()
        for shard, value in records:
            self._take(states[shard], value)

        # 2. The state holds them, part of it delivered. If we die here: they are read again, and change nothing twice.
        failpoint("windows.2_after_take")
        await self._deliver()

        # 3. Windows are closed, one after another: first what they say is delivered, then that they said it. If we
        #    die here: they say the same once more, under the same revision.
        failpoint("windows.3_after_changelog")
        for shard in {shard for shard, _ in records}:
            await self._close_due(shard)

        # 4. All is delivered, and the records may count as taken.
        failpoint("windows.4_before_ack")
        self._report()

    def shards(self) -> dict[int, State]:
        """The states, for the page that shows them."""
        return {shard: state for shard, (state, _) in self._shards.items()}

    def _state(self, shard: int) -> State:
        if shard not in self._shards:
            table = ChangelogTable(self._table, shard)
            self._shards[shard] = (State(table, shard), table)
        return self._shards[shard][0]

    def _take(self, state: State, value: bytes) -> None:
        try:
            message = decode(value)
        except msgspec.MsgspecError:
            self._metrics.records.labels("undecodable").inc()
            return
        if message.source.window_us != self._horizon.window_us:
            self._metrics.records.labels("other_window").inc()
        elif isinstance(message, Progress):
            state.note(message)
            self._metrics.records.labels("progress").inc()
        else:
            self._take_part(state, message)

    def _take_part(self, state: State, part: Part) -> None:
        watermark_us = state.watermark_us
        if part.key.window_us < self._horizon.settled_before(watermark_us):
            self._metrics.late.labels("dropped").inc()
            return
        if state.take(part) and part.key.window_us <= self._horizon.closed_before(watermark_us):
            self._metrics.late.labels("revised").inc()
        self._metrics.records.labels("part").inc()

    async def _close_due(self, shard: int) -> None:
        state, _ = self._shards[shard]
        loop = asyncio.get_running_loop()
        while waiting := due(state, self._horizon):
            tenant, start_us = waiting[0]
            closing = await loop.run_in_executor(None, self._closing, state, tenant, start_us)
            if closing is None:
                state.changed.discard((tenant, start_us))
                continue
            await self._publish(closing)
            failpoint("windows.5_after_reports")
            settle(state, closing)
            await self._deliver()
        forget(state, self._horizon)
        await self._deliver()

    def _closing(self, state: State, tenant: str, start_us: int) -> Closing | None:
        return close(state, tenant, start_us, self._settings, self._heard().fixes)

    def _heard(self) -> Decided:
        self._decided = self._decided or Decided(self._settings)
        self._decided.look()
        return self._decided

    async def _forget_erased(self) -> None:
        """What erased people's interactions the states hold, then what the published clusters show of them.

        If we die here: whoever starts next does all of it again.
        """
        loop = asyncio.get_running_loop()
        decided = await loop.run_in_executor(None, self._heard)
        for state, _ in self._shards.values():
            if len(state.erased) < len(decided.erased):
                erase(state, decided.erased, self._settings, decided.fixes)  # here: Faust's table is no other thread's
                await self._publish_without(decided.erased, state.chains.tenants)

    async def _publish_without(self, interactions: frozenset[str], tenants: set[str]) -> None:
        loop = asyncio.get_running_loop()
        published = await loop.run_in_executor(None, published_clusters, self._settings.kafka)
        again = list(published_without(published, interactions, tenants))
        topic = self._settings.kafka.topic(CLUSTERS)
        await asyncio.gather(*[await self._send(topic, c.cluster_id.encode(), encode(c)) for c in again])
        log.info("erased interactions are forgotten", clusters_published_again=len(again))

    async def _publish(self, closing: Closing) -> None:
        topic = self._settings.kafka.topic
        key = f"{closing.tenant}/".encode()
        waiting = [await self._send(topic(REPORTS), key + r.agent.encode(), encode(r)) for r in closing.reports]
        waiting += [await self._send(topic(REPORTS), key + a.agent.encode(), encode(a)) for a in closing.alerts]
        waiting += [await self._send(topic(CLUSTERS), c.cluster_id.encode(), encode(c)) for c in closing.clusters]
        await asyncio.gather(*waiting)
        self._metrics.reports.labels("drift").inc(len(closing.reports))
        self._metrics.reports.labels("cluster").inc(len(closing.clusters))
        for alert in closing.alerts:
            self._metrics.alerts.labels(alert.kind, alert.severity).inc()
            self.alert.put(alert)
        log.info(
            "closed",
            start_us=closing.start_us,
            revision=closing.closed.revision,
            interactions=closing.reports[0].interactions,
            alerts=len(closing.alerts),
        )

    async def _deliver(self) -> None:
        for _, table in self._shards.values():
            await table.deliver(self._send)

    def _report(self) -> None:
        states = [state for state, _ in self._shards.values()]
        self._metrics.committed.set_to_current_time()
        self._metrics.watermark.set(min((state.watermark_us for state in states), default=0) / MICROSECONDS)
        self._metrics.open_windows.set(sum(window not in state.closed for state in states for window in state.windows))


class Alerts:
    """Alerts on their way to the webhook."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Alert] = asyncio.Queue(maxsize=1_000)

    def put(self, alert: Alert) -> None:
        """Queues an alert; of a thousand that wait, the newest is let go (it stands on the reports topic)."""
        if self._waiting.full():
            log.warning("the webhook does not keep up", alert_id=alert.alert_id)
            return
        self._waiting.put_nowait(alert)

    async def next(self) -> Alert:
        return await self._waiting.get()
