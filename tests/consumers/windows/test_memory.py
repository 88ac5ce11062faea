"""What the windows hold of memory is bounded, whatever comes."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import Awaitable
from typing import Any

import msgspec
import pytest

from consumers.digests.examples import MAX_SAMPLE, Example
from consumers.digests.messages import Key, Part, Progress, Source
from consumers.digests.summary import EMPTY
from consumers.windows.closing import Horizon, closings, forget
from consumers.windows.held import LOOSE_BYTES
from consumers.windows.state import DictTable, State
from consumers.windows.worker import ChangelogTable
from headrace.settings import Settings, Windows

WINDOW_US = 300_000_000
SOURCE = Source("topic", 0, WINDOW_US)
TEXT = "where is the parcel that I sent"


def test_the_service_does_without_the_large_libraries() -> None:
    """scikit-learn and scipy.stats take 70 MB."""
    question = "import sys, consumers.windows.service; print({'sklearn', 'scipy.stats'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


def example(number: int, start_us: int) -> Example:
    return Example(
        id=f"interaction {number}",
        at_us=start_us,
        agent=f"agent {number % 3}",
        version="1",
        variant=None,
        query=f"{TEXT} {number}",
        vector=random.Random(number).randbytes(16),
    )


def part(chunk: int, window: int, count: int) -> Part:
    start_us = window * WINDOW_US
    return Part(
        source=SOURCE,
        chunk=chunk,
        end_offset=(chunk + 1) * SOURCE.chunk_offsets,
        key=Key("tenant", start_us, "agent 0"),
        summary=msgspec.structs.replace(EMPTY, interactions=count),
        sample=tuple(example(chunk * count + number, start_us) for number in range(count)),
    )


def progress(window: float, chunk: int) -> Progress:
    at_us = round(window * WINDOW_US)
    return Progress(source=SOURCE, end_offset=chunk * 8_192, event_time_us=at_us, at_us=at_us, partitions=1)


def test_a_window_holds_twice_its_examples_limits_at_most_however_many_come() -> None:
    table = DictTable()
    state = State(table, 0)
    most = 0
    for chunk in range(60):
        state.take(part(chunk, 0, 300))
        most = max(most, sum(map(len, table.entries.values())))
    kept = state.window("tenant", 0).sample
    assert {agent: len(examples) for agent, examples in kept.items()} == {f"agent {n}": MAX_SAMPLE for n in range(3)}
    limit = sum(len(msgspec.msgpack.encode(one)) for examples in kept.values() for one in examples)
    one_part = len(msgspec.msgpack.encode(part(0, 0, 300)))
    assert most < limit + max(LOOSE_BYTES, 2 * limit) + 2 * one_part


@pytest.mark.parametrize(("reference", "windows_kept"), [("rolling", 1 + 2 + 3), ("frozen", 1 + 2)])
def test_settled_windows_hold_no_text_and_go_when_nothing_is_compared_with_them(
    reference: Any, windows_kept: int
) -> None:
    settings = Settings(
        windows=Windows(seconds=300, lateness_seconds=0.0, revised=2, reference=reference, reference_windows=3)
    )
    table, horizon = DictTable(), Horizon(settings)
    state = State(table, 0)
    for window in range(12):
        state.take(part(window, window, 60))
        state.note(progress(window + 1, window + 1))
        assert list(closings(state, horizon, settings))
        forget(state, horizon)
    assert len(state.windows) == windows_kept
    assert sum(TEXT.encode() in value for value in table.entries.values()) == 3
    assert list(closings(State(table, 0), horizon, settings)) == []


def test_a_changelog_has_the_last_of_several_changes_and_deletions_after_what_replaces_them() -> None:
    sent: list[tuple[bytes, bytes | None]] = []

    async def send(topic: str, key: bytes, value: bytes | None, partition: int | None = None) -> Awaitable[Any]:
        assert (topic, partition) == ("changelog", 1)
        sent.append((key, value))
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    class Topic:
        def get_topic_name(self) -> str:
            return "changelog"

    class Faust:
        def __init__(self) -> None:
            self.data: dict[bytes, bytes] = {b"old": b"1"}
            self.changelog_topic = Topic()

    table = ChangelogTable(Faust(), 1)
    table.put(b"base", b"1")
    table.delete(b"old")
    table.put(b"base", b"2")
    table.delete(b"never there")
    asyncio.run(table.deliver(send))
    assert sent == [(b"base", b"2"), (b"old", None)]
    assert dict(table.items()) == {b"base": b"2"}
    sent.clear()
    asyncio.run(table.deliver(send))
    assert sent == []
