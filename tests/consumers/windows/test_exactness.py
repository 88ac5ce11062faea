"""However the log is cut, and whoever dies: windows end with what one reading of the whole log gives."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.digester import partition, turns
from consumers.digester.partition import PartitionDigester
from consumers.digests.messages import Part, Progress, Source, decode, encode, split
from consumers.digests.signals import ERROR, FAILURE, LANGUAGE, RATED
from consumers.windows import held, window
from consumers.windows.state import DictTable, State
from consumers.windows.window import Window
from headrace.events import ProductionInteraction
from headrace.settings import FailureAnalysis
from tests.support.digests import batch, clean_records, embed, events

pytestmark = pytest.mark.slow

WINDOW_US = 300_000_000
CHUNK = 16
LOOK_BACK = 12
EVENTS = 70
LOGS = [clean_records(events(EVENTS, seed)) for seed in (1, 2)]


@pytest.fixture(autouse=True)
def small_bounds() -> Iterator[None]:
    """So that ninety events reach every bound."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "LOOK_BACK", LOOK_BACK)
        for module in (partition, window):
            for name, limit in (("MAX_SAMPLE", 5), ("MAX_FAILURES", 7), ("MAX_SLOW", 3)):
                patch.setattr(module, name, limit)
        patch.setattr(held, "LOOSE_BYTES", 1_000)
        patch.setattr(window, "MOST_SAMPLED", 8)
        patch.setattr(window, "MOST_SLOW", 4)
        yield


def digester(number: int, first_chunk: int = 0) -> PartitionDigester:
    return PartitionDigester(Source("topic", number, WINDOW_US, CHUNK), first_chunk, FailureAnalysis(), embed)


def read(one: PartitionDigester, log: list[bytes], start: int, stop: int) -> None:
    one.take(batch(range(start, stop), log[start:stop]))


def messages(one: PartitionDigester, at_us: int) -> Iterator[bytes]:
    yield from (encode(message) for part in one.parts() for message in split(part))
    yield encode(one.progress(at_us, idle=False, partitions=len(LOGS)))


def windows_of(written: list[bytes], table: DictTable | None = None) -> dict[tuple[str, int], Window]:
    state = State(table or DictTable(), 0)
    for message in written:
        match decode(message):
            case Part() as part:
                state.take(part)
            case Progress() as progress:
                state.note(progress)
    return {window: state.window(*window) for window in state.windows}


def in_one_reading() -> dict[tuple[str, int], Window]:
    written: list[bytes] = []
    for number, log in enumerate(LOGS):
        one = digester(number)
        read(one, log, 0, len(log))
        written += messages(one, 0)
    return windows_of(written)


def with_mishaps(dice: random.Random, number: int) -> list[bytes]:
    """One partition's messages by digesters that die, start again at a chunk's start, and come back as zombies."""
    log, written, alive = LOGS[number], list[bytes](), [digester(number)]
    while alive[0].end_offset < len(log):
        one = dice.choice(alive)
        stop = min(len(log), one.end_offset + dice.randint(1, 25))
        read(one, log, one.end_offset, stop)
        if dice.random() < 0.7:
            published = list(messages(one, len(written)))
            died = dice.random() < 0.2
            written += published[: dice.randint(0, len(published))] if died else published
            if died:
                alive.remove(one)
                alive.insert(0, successor(number, one.committed if hasattr(one, "committed") else 0, log))
            else:
                one.committed = one.chunk_start  # type: ignore[attr-defined]
        if dice.random() < 0.1:
            alive.insert(0, successor(number, getattr(alive[0], "committed", 0), log))
    written += messages(alive[0], len(written))
    return written


def successor(number: int, committed: int, log: list[bytes]) -> PartitionDigester:
    """Who starts at a committed chunk start: it re-reads the look-back before, without publishing."""
    new = digester(number, committed // CHUNK)
    new.committed = committed  # type: ignore[attr-defined]
    start = max(0, committed - 2 * LOOK_BACK)
    new.reach(start)
    read(new, log, start, committed)
    return new


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**16))
def test_any_split_death_restart_and_zombie_gives_the_windows_of_one_reading(seed: int) -> None:
    dice = random.Random(seed)
    written = interleaved(dice, [with_mishaps(dice, number) for number in range(len(LOGS))])
    assert windows_of(written) == in_one_reading()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**16))
def test_windows_that_die_and_read_again_end_the_same(seed: int) -> None:
    dice = random.Random(seed)
    written = interleaved(dice, [with_mishaps(dice, number) for number in range(len(LOGS))])
    table = DictTable()
    killed_at = dice.randrange(len(written))
    windows_of(written[:killed_at], table)
    assert windows_of(written[dice.randint(0, killed_at) :], table) == in_one_reading()


def interleaved(dice: random.Random, sources: list[list[bytes]]) -> list[bytes]:
    """Each source's messages in their order, mixed with those of the others."""
    turns_ = [number for number, source in enumerate(sources) for _ in source]
    dice.shuffle(turns_)
    readers = [iter(source) for source in sources]
    return [next(readers[number]) for number in turns_]


def test_one_reading_counts_what_a_plain_loop_counts() -> None:
    """An oracle that shares no code: here the look-back is longer than the log."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "LOOK_BACK", 10 * EVENTS)
        found = in_one_reading()
    interactions: Counter[int] = Counter()
    errors: Counter[int] = Counter()
    rated: Counter[int] = Counter()
    german: Counter[int] = Counter()
    for seed in (1, 2):
        happened = events(EVENTS, seed)
        first = {e.interaction_id: e for e in reversed(happened) if isinstance(e, ProductionInteraction)}
        opinions = {e.interaction_id for e in happened if not isinstance(e, ProductionInteraction)}  # type: ignore[union-attr]
        for event in first.values():
            start = int(event.timestamp.timestamp() * 1_000_000) // WINDOW_US * WINDOW_US
            interactions[start] += 1
            errors[start] += event.error is not None
            german[start] += event.metadata.get("language") == "de-DE"
            rated[start] += event.user_feedback_score is not None or event.interaction_id in opinions
    assert {start: window.interactions for (_, start), window in found.items()} == dict(interactions)
    assert _category(found, ERROR, "Timeout") == +errors
    assert _category(found, LANGUAGE, "de") == +german
    assert _category(found, RATED, "yes") == +rated
    assert sum(_category(found, FAILURE, "any").values()) > 10


def _category(found: dict[tuple[str, int], Window], category: str, value: str) -> Counter[int]:
    counts: Counter[int] = Counter()
    for (_, start), one in found.items():
        for summary in one.summaries.values():
            counts[start] += summary.categories.get(category, {}).get(value, 0)
    return +counts
