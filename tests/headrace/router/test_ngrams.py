"""Hashed n-grams: the same text gives the same features, whatever stands beside it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from headrace.router.ngrams import grams, spell, word_hashes, words_of

TEXTS = st.lists(st.text(max_size=40), min_size=1, max_size=6)


def hashes_of(texts: list[str], index: int) -> Counter[int]:
    key = grams(texts).key
    return Counter((key[key >> 32 == index] & 0xFFFFFFFF).tolist())


@given(TEXTS)
def test_a_texts_features_do_not_depend_on_its_neighbours(texts: list[str]) -> None:
    for index, text in enumerate(texts):
        assert hashes_of(texts, index) == hashes_of([text], 0)


def test_a_text_without_words_has_no_features_and_moves_no_others() -> None:
    assert set((grams(["", "?!", "a b"]).key >> 32).tolist()) == {2}
    assert len(grams(["..."]).key) == 0


def test_case_and_punctuation_do_not_matter() -> None:
    assert hashes_of(["Where's my PARCEL?"], 0) == hashes_of(["where s my parcel"], 0)


def test_pieces_are_those_of_one_word_and_its_borders() -> None:
    pieces = [" c", "cd", "de", "e ", " cd", "cde", "de ", " cde", "cde ", " cde "]
    found = grams(["ab cde"])
    assert Counter(found.token[~found.word].tolist())[1] == len(pieces)
    shared = set(hashes_of(["cde"], 0)) & set(hashes_of(["xcde"], 0))
    assert len(shared) == len([piece for piece in pieces if not piece.startswith(" ")])


def test_different_pieces_have_different_hashes() -> None:
    words = [f"{a}{b}{c}" for a in "abcdefg" for b in "klmnopqrst" for c in "uvwxyz"]
    pieces = {word[i:j] for word in (f" {w} " for w in words) for i in range(4) for j in range(i + 2, 6)}
    pairs = set(pairwise(words))
    assert len(np.unique(grams([" ".join(words)]).key)) == len(pieces) + len(words) + len(pairs)


@given(st.text(max_size=60))
def test_one_texts_hashes_word_by_word_are_those_of_a_batch(text: str) -> None:
    words = words_of(text)
    if not words:
        return
    found = grams([text])
    spellings, piece, hashes = spell(words)
    assert Counter(word_hashes(spellings)) == Counter((found.key[found.word] & 0xFFFFFFFF).tolist())
    pieces = zip(found.token[~found.word].tolist(), (found.key[~found.word] & 0xFFFFFFFF).tolist(), strict=True)
    assert Counter(zip(piece.tolist(), hashes.tolist(), strict=True)) == Counter(pieces)
