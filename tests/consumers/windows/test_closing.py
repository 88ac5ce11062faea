"""When windows close, what they say again, and what they never say twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from consumers.digester.partition import PartitionDigester
from consumers.digests.messages import Progress, Source
from consumers.windows.closing import Closing, Horizon, closings, forget
from consumers.windows.state import DictTable, State
from consumers.windows.watermark import later, watermark_us
from headrace.decisions import Resolution
from headrace.settings import FailureAnalysis, Settings, Windows
from tests.support.digests import BEGIN, batch, clean_records, embed, events

SECONDS = 300
SETTINGS = Settings(windows=Windows(seconds=SECONDS, lateness_seconds=0.0, reference_windows=2, revised=2))
BEGIN_US = int(BEGIN.timestamp()) * 1_000_000
WINDOW_US = SECONDS * 1_000_000
LOG = clean_records(events(300, seed=3, step_s=10.0))


def progress(
    number: int, end: int, at: float, *, idle: bool = False, clock: float = 0.0, partitions: int = 1
) -> Progress:
    """Times in windows since the log's begin."""
    return Progress(
        source=Source("topic", number, WINDOW_US),
        end_offset=end,
        event_time_us=BEGIN_US + int(at * WINDOW_US),
        idle=idle,
        at_us=BEGIN_US + int(clock * WINDOW_US),
        partitions=partitions,
    )


def state_of(table: DictTable, events_read: int, at: float, log: list[bytes] = LOG) -> State:
    """A state that has read so many events, with the watermark at `at` windows."""
    state = State(table, 0)
    digester = PartitionDigester(Source("topic", 0, WINDOW_US), 0, FailureAnalysis(), embed)
    digester.take(batch(range(events_read), log[:events_read]))
    for part in digester.parts():
        state.take(part)
    state.note(progress(0, events_read, at, clock=at))
    return state


def closed(state: State) -> list[Closing]:
    return list(closings(state, Horizon(SETTINGS), SETTINGS))


def test_only_windows_before_the_watermark_close_each_once_and_in_order() -> None:
    said = closed(state_of(DictTable(), 300, at=5.5))
    starts = [closing.start_us for closing in said]
    assert starts == sorted(set(starts))
    assert max(starts) == BEGIN_US + 4 * WINDOW_US


def test_who_starts_again_says_nothing_again_also_where_references_are_forgotten() -> None:
    table = DictTable()
    state = state_of(table, 300, at=9.5)
    assert closed(state)
    forget(state, Horizon(SETTINGS))
    assert len({start for _, start in state.windows}) < 10
    assert closed(State(table, 0)) == []


def test_late_events_make_a_revision_of_their_window_and_of_those_after_it() -> None:
    table = DictTable()
    first = closed(state_of(table, 200, at=6.0))
    again = closed(state_of(table, 300, at=6.5))
    assert again
    assert {closing.closed.revision for closing in again if closing.start_us in {c.start_us for c in first}} == {2}


def test_a_failure_that_was_called_fixed_and_comes_back_is_a_regression() -> None:
    def alerts(fixes: list[Resolution]) -> dict[int, list[str]]:
        state = state_of(DictTable(), 300, at=9.5)
        said = closings(state, Horizon(SETTINGS), SETTINGS, fixes)
        return {c.start_us: [a.subject for a in c.alerts if a.kind == "failure_regressed"] for c in said}

    usual = [c for c in closed(state_of(DictTable(), 300, at=9.5)) if c.clusters]
    name = usual[0].clusters[0].cluster_id
    seen = [c.start_us for c in usual if any(cluster.cluster_id == name for cluster in c.clusters)]
    assert len(seen) > 2
    assert not any(alerts([]).values())
    fixed_at = datetime.fromtimestamp(seen[0] / 1_000_000 + SECONDS / 2, UTC)
    regressed = alerts([Resolution(cluster_id=name, decided_at=fixed_at)])
    assert [start for start, subjects in regressed.items() if name in subjects] == [seen[1]]


def test_a_watermark_waits_for_every_partition_and_not_for_an_idle_one() -> None:
    busy, slow = progress(0, 10, 7.0, partitions=2), progress(1, 10, 3.0, partitions=2)
    assert watermark_us({0: busy}) == 0
    assert watermark_us({0: busy, 1: slow}) == BEGIN_US + 3 * WINDOW_US
    idle = progress(1, 10, 3.0, idle=True, partitions=2)
    assert watermark_us({0: busy, 1: idle}) == BEGIN_US + 7 * WINDOW_US


def test_with_all_idle_the_watermark_follows_the_clock() -> None:
    assert watermark_us({0: progress(0, 10, 3.0, idle=True, clock=8.0)}) == BEGIN_US + 8 * WINDOW_US


@pytest.mark.parametrize("end", [5, 10])
def test_a_zombies_progress_says_nothing(end: int) -> None:
    assert later(progress(0, 10, 7.0, clock=2.0), progress(0, end, 1.0, clock=1.0)) is None


def test_event_time_never_goes_back() -> None:
    known = later(progress(0, 10, 7.0, clock=1.0), progress(0, 11, 2.0, clock=2.0))
    assert known is not None
    assert known.event_time_us == BEGIN_US + 7 * WINDOW_US
