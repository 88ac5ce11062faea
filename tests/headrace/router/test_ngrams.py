"""Hashed n-grams: the same text gives the same features, whatever stands beside it."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from headrace.router.ngrams import grams

TEXTS = st.lists(st.text(max_size=40), min_size=1, max_size=6)


def hashes_of(texts: list[str], index: int) -> Counter[int]:
    found = grams(texts)
    return Counter(found.hash[found.row == index].tolist())


@given(TEXTS)
def test_a_texts_features_do_not_depend_on_its_neighbours(texts: list[str]) -> None:
    for index, text in enumerate(texts):
        assert hashes_of(texts, index) == hashes_of([text], 0)


def test_every_text_has_features_or_at_least_a_row() -> None:
    found = grams(["", "?!", "a b"])
    assert found.texts == 3
    assert set(found.row.tolist()) == {0, 1, 2}


def test_case_and_punctuation_do_not_matter() -> None:
    assert hashes_of(["Where's my PARCEL?"], 0) == hashes_of(["where s my parcel"], 0)


def test_pieces_are_those_of_one_word_and_its_borders() -> None:
    found = grams(["ab cde"])
    pieces = [found.characters[s:e] for s, e in zip(found.start, found.end, strict=True)]
    characters = Counter(piece for piece, word in zip(pieces, found.word, strict=True) if not word)
    assert characters == Counter(
        [" a", "ab", "b ", " ab", "ab ", " ab ", " c", "cd", "de", "e ", " cd", "cde", "de ", " cde", "cde ", " cde "]
    )


def test_different_pieces_have_different_hashes() -> None:
    words = [f"{a}{b}{c}" for a in "abcdefghij" for b in "klmnopqrst" for c in "uvwxyz"]
    found = grams([" ".join(words)])
    spans = {(found.characters[s:e], w) for s, e, w in zip(found.start, found.end, found.word.tolist(), strict=True)}
    assert len(np.unique(found.hash)) == len(spans)
