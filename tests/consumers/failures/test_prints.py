"""A print never says no where the rule would say yes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consumers.failures.prints import prints_of
from consumers.failures.session_rules import _COMPLAINT, common_words

WORDS = [
    "cancel",
    "cancelled",
    "cancelling",
    "my",
    "order,",
    "order_2",
    "parcel?",
    "Übung",
    "please",
    "pleased",
    "12.5",
]
WORDS += ["again", "wrong topic", "As I said", "didn't answer", "still the same", "not what I wanted", ".", "the", ""]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=30)


@given(TEXTS, TEXTS, st.floats(0.0, 1.0))
def test_no_pair_that_reaches_the_share_is_left_out(one: str, other: str, share: float) -> None:
    prints = prints_of([one, "between", other])
    if common_words(one, other) >= share:
        assert prints.may_repeat(0, prints, 2, share)


@given(st.lists(TEXTS, max_size=5))
def test_no_complaint_is_left_out(texts: list[str]) -> None:
    prints = prints_of(texts)
    for text, complains in zip(texts, prints.complains, strict=True):
        assert complains or not _COMPLAINT.search(text)


def test_most_pairs_need_no_further_look() -> None:
    prints = prints_of(["Where is the parcel from Monday?", "Book a table for two tonight", "Reset my password"])
    assert not any(prints.may_repeat(i, prints, j, 0.6) for i in range(3) for j in range(i))
    assert prints.complains == [False, False, False]


def test_a_text_is_read_as_far_as_the_rule_reads_it() -> None:
    prints = prints_of(["x" * 399 + " again", "y " * 200 + "other", "y " * 200 + "words"])
    assert prints.complains[0] is False
    assert prints.may_repeat(1, prints, 2, 1.0)
