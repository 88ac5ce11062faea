"""A print never says no where the rule would say yes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from consumers.failures import _prints
from consumers.failures.prints import may_repeat, plain_prints, prints_of
from consumers.failures.session_rules import COMPLAINT, common_words

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
PARTS = [
    "not",
    "what",
    "i",
    "I",
    "asked",
    "meant",
    "wanted",
    "said",
    "wrong",
    "topic",
    "answer",
    "question",
    "as",
    "As",
]
PARTS += ["did", "didn't", "didnot", "have", "haven't", "n't", "understand", "already", "just", "told", "how", "about"]
PARTS += ["ask", "say", "repeat", "asking", "saying", "repeating", "it", "that", "this", "again", "try", "still", "no"]
PARTS += ["nothing", "doesn't", "does", "wait", "waiting", "the", "same"]
TEXTS = (
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
    | st.lists(st.sampled_from(PARTS), max_size=6).map(" ".join)
    | st.text(max_size=30)
    | st.from_regex(COMPLAINT)
)


@given(TEXTS, TEXTS, st.floats(0.0, 1.0))
def test_no_pair_that_reaches_the_share_is_left_out(one: str, other: str, share: float) -> None:
    if common_words(one, other) >= share:
        assert _may_repeat(texts=[one, "between", other], share=share)[0, 2]


@given(st.lists(TEXTS, max_size=5))
def test_no_complaint_is_left_out(texts: list[str]) -> None:
    prints = prints_of(texts)
    for text, complains in zip(texts, prints.complains, strict=True):
        assert complains or not COMPLAINT.search(text)


@given(st.lists(TEXTS | st.text(st.characters(max_codepoint=127)), max_size=6))
def test_native_prints_are_those_of_arrays(texts: list[str]) -> None:
    assert _prints
    ours, plain = prints_of(texts), plain_prints(texts)
    assert np.array_equal(ours.bits, plain.bits)
    assert np.array_equal(ours.words, plain.words)
    assert np.array_equal(ours.complains, plain.complains)


def test_most_pairs_need_no_further_look() -> None:
    texts = ["Where is the parcel from Monday?", "Book a table for two tonight", "Reset my password"]
    assert np.array_equal(_may_repeat(texts, 0.6), np.eye(3, dtype=bool))
    assert not prints_of(texts).complains.any()
    assert not prints_of(["Do you still sell it?", "My answer was wrong", "Once again, thanks"]).complains.any()


def test_a_text_is_read_as_far_as_the_rule_reads_it() -> None:
    texts = ["x" * 399 + " again", "y " * 200 + "other", "y " * 200 + "words"]
    assert not prints_of(texts).complains[0]
    assert _may_repeat(texts, 1.0)[1, 2]


def _may_repeat(texts: list[str], share: float) -> NDArray[np.bool_]:
    """Of all pairs."""
    prints = prints_of(texts)
    ones, others = np.divmod(np.arange(len(texts) ** 2), len(texts))
    return may_repeat(prints.of(ones), prints.of(others), share).reshape(len(texts), len(texts))
