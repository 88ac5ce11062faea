"""Texts as hashed n-grams: words and pairs of words, and 2 to 5 characters inside a word.

Pure numpy over a whole batch at once: every n-gram is a span of one array of characters, and the hash of
any span comes from two running sums. The same code runs in training and in an agent, so that both see the
same features; FEATURE_CODE names it, and a model of other feature code is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FEATURE_CODE = "ngrams-1"
"""Changes whenever a text would give other hashes or counts."""

MAX_CHARACTERS = 2000
"""Of a text that are read: a routing query says what it wants early, and the time of a decision stays bounded."""
CHARACTERS = (2, 3, 4, 5)
"""Lengths of the n-grams of characters; they may hold the space before and after a word."""

_NOT_WORD = re.compile(r"[\W_]+")
_SPACE = ord(" ")
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)
_WORD_SALT = np.uint64(0x94D049BB133111EB)

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Grams:
    """The n-grams of a batch, one entry each time one occurs: whose text, which hash, which span of characters."""

    texts: int
    row: Indices
    hash: NDArray[np.uint32]
    word: NDArray[np.bool_]
    """Whether it is a word or a pair of words."""
    start: Indices
    end: Indices
    characters: str
    """What `start` and `end` point into."""


def grams(texts: Sequence[str]) -> Grams:
    """Every n-gram of `texts`, in no promised order.

    >>> found = grams(["Where is my order?"])
    >>> sorted(found.characters[s:e] for s, e in zip(found.start[found.word], found.end[found.word]))
    ['is', 'is my', 'my', 'my order', 'order', 'where', 'where is']
    """
    joined = "".join(f" {_plain(text)} " for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    space = codes == _SPACE
    # Two spaces in a row stand only between two texts: the second one begins a text.
    text_of = np.cumsum(np.concatenate(([False], space[1:] & space[:-1]))) if len(codes) else space.astype(np.int64)
    words, pairs, pieces = _words(space), _pairs(space, text_of), _pieces(space)
    start = np.concatenate((words[0], pairs[0], pieces[0]))
    end = np.concatenate((words[1], pairs[1], pieces[1]))
    word = np.arange(len(start)) < len(words[0]) + len(pairs[0])
    return Grams(len(texts), text_of[start], _hashes(codes, start, end, word), word, start, end, joined)


def _plain(text: str) -> str:
    return _NOT_WORD.sub(" ", text[:MAX_CHARACTERS].lower()).strip() or "\x00"


def _words(space: NDArray[np.bool_]) -> tuple[Indices, Indices]:
    before, after = space[:-1] & ~space[1:], ~space[:-1] & space[1:]
    return np.flatnonzero(before) + 1, np.flatnonzero(after) + 1


def _pairs(space: NDArray[np.bool_], text_of: Indices) -> tuple[Indices, Indices]:
    start, end = _words(space)
    together = text_of[start[:-1]] == text_of[start[1:]]
    return start[:-1][together], end[1:][together]


def _pieces(space: NDArray[np.bool_]) -> tuple[Indices, Indices]:
    places = np.arange(len(space))
    next_space = np.minimum.accumulate(np.where(space, places, len(space))[::-1])[::-1]
    room = np.append(next_space[1:], len(space)) - places + 1  # characters up to the next space, it included
    starts = [np.flatnonzero(room >= length) for length in CHARACTERS]
    starts[0] = starts[0][~(space[starts[0]] & space[np.minimum(starts[0] + 1, len(space) - 1)])]
    ends = [start + length for start, length in zip(starts, CHARACTERS, strict=True)]
    return np.concatenate(starts), np.concatenate(ends)


def _hashes(codes: NDArray[np.uint32], start: Indices, end: Indices, word: NDArray[np.bool_]) -> NDArray[np.uint32]:
    powers, inverses = _powers(1 << max(10, len(codes).bit_length()))
    scrambled = codes.astype(np.uint64) * _MIX
    scrambled ^= scrambled >> _HALF
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(scrambled * powers[: len(codes)], dtype=np.uint64)))
    value = (sums[end] - sums[start]) * inverses[start]
    value ^= word * _WORD_SALT
    value ^= value >> _HALF
    value *= _MIX
    return (value >> _HALF).astype(np.uint32)


@lru_cache(maxsize=4)
def _powers(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """_BASE and its inverse (modulo 2^64) to the powers 0 to count-1."""
    return np.cumprod(np.append(np.uint64(1), np.full(count - 1, _BASE)), dtype=np.uint64), np.cumprod(
        np.append(np.uint64(1), np.full(count - 1, _INVERSE)), dtype=np.uint64
    )
