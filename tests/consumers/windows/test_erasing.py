"""An erased person: nothing of theirs stays in what the windows keep, and nothing else changes."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.digester.partition import PartitionDigester
from consumers.digests.messages import Source
from consumers.windows.analysis import Chain
from consumers.windows.chains import CHAIN_PIECE, Chains
from consumers.windows.closing import Closing, Horizon, closings
from consumers.windows.erasing import erase, published_without
from consumers.windows.reports import ClusterReport
from consumers.windows.state import DictTable, State
from headrace.settings import FailureAnalysis
from tests.consumers.windows.test_closing import LOG, SETTINGS, WINDOW_US, state_of
from tests.support.digests import batch, embed

EVENTS = 300
IDS = sorted(set(batch(range(len(LOG)), LOG).interactions.ids))


def read(at: float = 9.5, events_read: int = EVENTS) -> tuple[DictTable, list[Closing]]:
    table = DictTable()
    return table, list(closings(state_of(table, events_read, at), Horizon(SETTINGS), SETTINGS))


def clusters_of(state: State) -> list[str]:
    chain = state.chains.before("default", 2**62)
    return [cluster.cluster_id for cluster in msgspec.msgpack.decode(chain, type=Chain).clusters.clusters]


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.sets(st.sampled_from(IDS), min_size=1))
def test_no_entry_names_them_and_clusters_keep_their_names(erased: set[str]) -> None:
    table, _ = read()
    before = clusters_of(State(table, 0))
    state = State(table, 0)
    erase(state, frozenset(erased), SETTINGS)
    content = b"".join(table.entries.values())
    assert [id_ for id_ in erased if id_.encode() in content] == []
    assert clusters_of(state) == clusters_of(State(table, 0)) == before != []


def test_what_is_erased_twice_is_erased_once() -> None:
    table, _ = read()
    erased = frozenset(IDS[::2])
    erase(State(table, 0), erased, SETTINGS)
    entries = dict(table.entries)
    state = State(table, 0)
    erase(state, erased, SETTINGS)
    assert table.entries == entries


def test_nothing_of_them_is_taken_later() -> None:
    table = DictTable()
    state = State(table, 0)
    erase(state, frozenset(IDS), SETTINGS)
    digester = PartitionDigester(Source("topic", 0, WINDOW_US), 0, FailureAnalysis(), embed)
    digester.take(batch(range(EVENTS), LOG[:EVENTS]))
    assert [state.take(part) for part in digester.parts()]
    content = b"".join(table.entries.values())
    assert [id_ for id_ in IDS if id_.encode() in content] == []
    assert sum(state.interactions(*place) for place in state.windows) >= len(IDS)


def test_reports_that_are_out_are_not_made_again() -> None:
    table, said = read()
    assert said
    state = State(table, 0)
    erase(state, frozenset(IDS[::3]), SETTINGS)
    assert list(closings(state, Horizon(SETTINGS), SETTINGS)) == []
    again = State(table, 0)
    erase(again, frozenset(IDS[::3]), SETTINGS)
    assert list(closings(again, Horizon(SETTINGS), SETTINGS)) == []


def test_a_published_cluster_is_said_again_without_them() -> None:
    _, said = read()
    published = list({c.cluster_id: c for closing in said for c in closing.clusters}.values())
    theirs = {published[0].cluster.exemplars[0].interaction_id}
    again = list(published_without(published, theirs, {"default"}))
    assert [report.cluster_id for report in again] == [r.cluster_id for r in published if _shows(r, theirs)]
    assert not any(_shows(report, theirs) for report in again)
    assert list(published_without(published, theirs, {"another"})) == []


def _shows(report: ClusterReport, ids: set[str]) -> bool:
    return any(member.interaction_id in ids for member in report.cluster.exemplars)


@given(st.binary(max_size=3), st.integers(0, 20))
def test_whoever_dies_while_a_chain_is_replaced_finds_one_of_both(tail: bytes, died_at: int) -> None:
    old, new = b"a" * CHAIN_PIECE + b"old", b"b" * (2 * CHAIN_PIECE) + tail
    entries: list[tuple[tuple[object, ...], bytes | None]] = []
    chains = Chains(lambda name, piece: entries.append((name, piece)), lambda name: entries.append((name, None)))
    chains.put("t", 1, old)
    first = len(entries)
    chains.put("t", 1, new)
    survived = dict[tuple[object, ...], bytes]()
    for name, piece in entries[: first + died_at]:
        if piece is None:
            del survived[name]
        else:
            survived[name] = piece
    found = Chains(lambda *_: None, lambda _: None)
    for (_, tenant, start, number), piece in survived.items():
        found.load(str(tenant), int(str(start)), int(str(number)), piece)
    assert found.before("t", 2) in (old, new)
    assert died_at < len(entries) - first or found.before("t", 2) == new
