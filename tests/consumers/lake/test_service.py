"""The lake's loop between a source and a store, without a broker."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from consumers.lake import ledger
from consumers.lake.batch import Batch, Partition, Records
from consumers.lake.reader import check_position
from consumers.lake.service import Lake
from consumers.lake.store import Store
from headrace.codec import encode
from headrace.errors import Fatal, LedgerConflict, RetentionGap, Retriable
from headrace.service import Shutdown, is_healthy
from headrace.settings import Settings
from tests.consumers.lake.support import CLEAN_TOPIC, clean, interaction, rows


class ListedSource:
    """Records of one partition, then the end, which lies one offset further: a marker."""

    def __init__(self, count: int, shutdown: Shutdown) -> None:
        self.values = [encode(clean(interaction(number))) for number in range(count)]
        self.shutdown = shutdown
        self.position = 0
        self.closed = False

    def read(self, limit: int, timeout_s: float) -> list[Records]:  # noqa: ARG002
        start, self.position = self.position, min(self.position + min(limit, 7), len(self.values))
        offsets = list(range(start, self.position))
        if not offsets:
            self.shutdown.requested = True
            return []
        return [Records(CLEAN_TOPIC, [0] * len(offsets), offsets, self.values[start : self.position])]

    def lag(self) -> dict[int, int]:
        return {}

    def take_ends(self) -> dict[Partition, int]:
        return {(CLEAN_TOPIC, 0): len(self.values) + 1} if self.position == len(self.values) else {}

    def close(self) -> None:
        self.closed = True


def test_everything_read_is_stored_before_it_ends(store: Store, offline: Settings) -> None:
    shutdown = Shutdown()
    source = ListedSource(50, shutdown)
    Lake(offline, store, source, shutdown).run()
    assert rows(store, "SELECT count(*) FROM interactions") == [(50,)]
    assert rows(store, "SELECT next_offset FROM ledger WHERE topic = 'headrace.clean' AND partition = 0") == [(51,)]
    assert ledger.disagreements(store.connection) == []
    assert source.closed
    assert is_healthy(offline.storage, "lake")


class PacedSource(ListedSource):
    """One record at each of the given moments of its own clock, then none, a tenth of a second a read."""

    def __init__(self, moments: Sequence[float], shutdown: Shutdown) -> None:
        super().__init__(len(moments), shutdown)
        self.moments = moments
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def read(self, limit: int, timeout_s: float) -> list[Records]:  # noqa: ARG002
        self.now += 0.1
        self.shutdown.requested = self.now > 5
        if self.position == len(self.moments) or self.now < self.moments[self.position]:
            return []
        return super().read(1, timeout_s)


@pytest.mark.parametrize(
    ("moments", "first_batch"),
    [
        ([n / 8 for n in range(20)], 16),
        ([n / 6 for n in range(20)], 7),
        ([n / 100 for n in range(9)], 9),
    ],
    ids=["soon full", "less than half full", "then silence"],
)
def test_a_late_batch_waits_only_where_it_is_soon_full(
    store: Store, offline: Settings, monkeypatch: pytest.MonkeyPatch, moments: list[float], first_batch: int
) -> None:
    shutdown = Shutdown()
    source = PacedSource(moments, shutdown)
    sizes: list[int] = []
    monkeypatch.setattr("consumers.lake.service.time", source)
    monkeypatch.setattr(store, "write", lambda batch: sizes.append(batch.interactions))
    Lake(replace(offline, store=replace(offline.store, batch_records=16)), store, source, shutdown).run()
    assert sizes[0] == first_batch


def test_what_fails_in_the_storing_thread_ends_the_service(
    store: Store, offline: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Batch) -> None:
        raise LedgerConflict("moved")

    monkeypatch.setattr(store, "write", fail)
    shutdown = Shutdown()
    with pytest.raises(LedgerConflict, match="moved"):
        Lake(offline, store, ListedSource(5, shutdown), shutdown).run()


def test_memory_held_by_analysts_is_waited_for(
    store: Store, offline: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, failures = store.write, [Retriable("full"), Retriable("full")]

    def fail_twice(batch: Batch) -> None:
        if failures:
            raise failures.pop()
        write(batch)

    monkeypatch.setattr(store, "write", fail_twice)
    shutdown = Shutdown()
    Lake(offline, store, ListedSource(5, shutdown), shutdown).run()
    assert rows(store, "SELECT count(*) FROM interactions") == [(5,)]


def test_a_position_outside_the_log_stops_it() -> None:
    check_position(CLEAN_TOPIC, 0, 5, 0, 5)
    with pytest.raises(RetentionGap, match="offsets 4 to 6 expired"):
        check_position(CLEAN_TOPIC, 0, 4, 7, 9)
    with pytest.raises(Fatal, match="the log ends at 3"):
        check_position(CLEAN_TOPIC, 0, 4, 0, 3)
