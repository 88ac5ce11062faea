"""The index finds what it should, of the right tenant, and an update is exact."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.retrieval import Entry, RetrievalIndex


def entry(entry_id: str, text: str, tenant: str = "default", answer: str = "") -> Entry:
    return Entry(entry_id=entry_id, text=text, answer=answer or f"about {text}", origin="answer", tenant=tenant)


ENTRIES = [
    entry("1", "Where is my parcel?"),
    entry("2", "I forgot my password"),
    entry("3", "Cancel my subscription, please"),
    entry("4", "Where is my parcel?", tenant="other"),
]


def test_the_nearest_comes_first() -> None:
    index = RetrievalIndex.empty().updated(ENTRIES)
    hits = index.search("how can I reset a password", count=2)
    assert hits[0].entry.entry_id == "2"
    assert hits[0].similarity > hits[1].similarity


def test_a_tenant_never_sees_another_ones_entries() -> None:
    index = RetrievalIndex.empty().updated(ENTRIES)
    assert [hit.entry.entry_id for hit in index.search("parcel", 9, "other")] == ["4"]
    assert index.search("parcel", 9, "nobody") == []


def test_an_index_survives_its_files(tmp_path: Path) -> None:
    index = RetrievalIndex.empty().updated(ENTRIES)
    index.save(tmp_path)
    loaded = RetrievalIndex.load(tmp_path)
    assert loaded.entries == index.entries
    assert loaded.search("parcel") == index.search("parcel")


def test_one_question_or_many() -> None:
    index = RetrievalIndex.empty().updated(ENTRIES)
    questions = ["parcel", "password"]
    assert index.search_all(questions, 2) == [index.search(question, 2) for question in questions]


TEXTS = st.sampled_from(["parcel", "password", "invoice", "refund", "delivery"])
STEPS = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("abcde"), TEXTS), st.sets(st.sampled_from("abcde"))), max_size=5
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_updates_in_steps_equal_an_index_made_at_once(steps: list[tuple[dict[str, str], set[str]]]) -> None:
    index = RetrievalIndex.empty()
    held: dict[str, Entry] = {}
    for add, remove in steps:
        index = index.updated([entry(name, text) for name, text in add.items()], remove)
        held |= {name: entry(name, text) for name, text in add.items()}
        held = {name: one for name, one in held.items() if name not in remove}
    at_once = RetrievalIndex.empty().updated(held.values())
    assert {one.entry_id: one for one in index.entries} == held
    for found, expected in zip(index.search("my parcel", 9), at_once.search("my parcel", 9), strict=True):
        assert found.similarity == pytest.approx(expected.similarity, abs=1e-3)


def test_a_pseudonym_is_its_kind() -> None:
    index = RetrievalIndex.empty().updated([entry("1", "mail [EMAIL_abcdefgh_aaaaaaaaaaaaabbbb] the invoice")])
    [hit] = index.search("mail [EMAIL] the invoice")
    assert hit.similarity > 0.999
