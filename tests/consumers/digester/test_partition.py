"""What a partition's digester holds is bounded by the look-back and by the chunks that wait, not by the traffic."""

from __future__ import annotations

import random
import tracemalloc
from datetime import timedelta

import pytest

from consumers.digester import candidates, turns
from consumers.digester.partition import PartitionDigester
from consumers.digests.messages import Source
from headrace.events import Feedback
from headrace.settings import FailureAnalysis
from tests.support.digests import BEGIN, batch, clean_records, embed, events, interaction

CHUNK = 64
RECORDS = clean_records(events(1_200, seed=3))


def _digester() -> PartitionDigester:
    return PartitionDigester(Source("topic", 0, 300_000_000, CHUNK), 0, FailureAnalysis(), embed)


def _held_after(count: int) -> int:
    """Bytes of a digester that took so many records and published what was complete."""
    list(_digester().parts())
    tracemalloc.start()
    one = _digester()
    for start in range(0, count, CHUNK // 2):
        one.take(batch(range(start, start + CHUNK // 2), RECORDS[start : start + CHUNK // 2]))
        list(one.parts())
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert one.end_offset == count
    return held


def test_what_is_held_does_not_grow_with_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LOOK_BACK", 128)
    monkeypatch.setattr(candidates, "MAX_GROUPS", 4)
    _held_after(448)
    # 2.6 times the records: what would be kept of each of them would show.
    assert _held_after(1_152) < 1.5 * _held_after(448)


def test_complete_chunks_go_out_alone_and_are_let_go() -> None:
    one = _digester()
    one.take(batch(range(3 * CHUNK + 5), RECORDS[: 3 * CHUNK + 5]))
    assert one.waiting == 3
    waiting = []
    for part in one.complete():
        assert part.is_complete
        if part.chunk not in waiting:
            waiting.append(part.chunk)
            assert one.waiting == 3 - len(waiting)
    assert waiting == [0, 1, 2]
    assert {part.chunk for part in one.parts()} == {3}


@pytest.mark.parametrize("size", [1, 7, 500])
def test_an_id_that_comes_again_after_it_was_forgotten_is_a_new_interaction(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(turns, "LOOK_BACK", 10)
    first, *others = clean_records(events(200, seed=5))[:40]
    log = [first, *others[:8], first, *others[8:20], first]
    one = _digester()
    for start in range(0, len(log), size):
        one.take(batch(range(start, min(len(log), start + size)), log[start : start + size]))
    alone = _digester()
    for offset, record in enumerate(log):
        alone.take(batch([offset], [record]))
    assert _counted(one) == _counted(alone)


@pytest.mark.parametrize("stars", [4.005, 1.0])
def test_a_rating_replaced_between_two_copies_counts_as_in_one_copy(stars: float) -> None:
    spoken = interaction(random.Random(1), "rated", BEGIN)
    rated = [
        Feedback(interaction_id=spoken.interaction_id, timestamp=BEGIN + timedelta(seconds=at), score=score)
        for at, score in ((1, 4.0), (2, stars))
    ]
    log = clean_records([spoken, *rated])
    often, once = _digester(), _digester()
    once.take(batch(range(3), log))
    for offset, record in enumerate(log):
        often.take(batch([offset], [record]))
        list(often.parts())
    assert _counted_whole(often) == _counted_whole(once)


def _counted_whole(one: PartitionDigester) -> dict[object, object]:
    """Once its chunk is complete, and said whole."""
    one.reach(CHUNK)
    return _counted(one)


def _counted(one: PartitionDigester) -> dict[object, object]:
    return {part.key: part.summary for part in one.parts()}
