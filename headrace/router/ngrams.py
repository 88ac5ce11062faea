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
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FEATURE_CODE = "ngrams-1"
"""Changes whenever a text would give other hashes or counts."""

MAX_CHARACTERS = 2000
"""Of a text that are read: a routing query says what it wants early, and the time of a decision stays bounded."""
CHARACTERS = (2, 3, 4, 5)
"""Lengths of the n-grams of characters; they may hold the space before and after a word."""

_SIZES = np.array(CHARACTERS)[:, None]
_NOT_WORD = re.compile(r"[\W_]+")
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)
_WORD_SALT = np.uint64(0x94D049BB133111EB)
# The same for Python's integers.
_ALL, _SALT, _SCATTER = (1 << 64) - 1, int(_WORD_SALT), int(_MIX)

Indices = NDArray[np.int64]
Values = NDArray[np.uint64]


@dataclass(frozen=True)
class Grams:
    """The n-grams of a batch, one entry each time one occurs."""

    texts: int
    key: NDArray[np.uint64]
    """The number of its text, times 2^32, plus its hash."""
    word: NDArray[np.bool_]
    """Whether it is a word or a pair of words."""
    token: Indices
    """The word it belongs to (of a pair, the first), by its place in `tokens`."""
    tokens: list[str]
    """The words of all texts, in order."""
    row: Indices
    """The text of each word."""


def grams(texts: Sequence[str]) -> Grams:
    """Every n-gram of `texts`, in no promised order.

    >>> found = grams(["Where is my order?"])
    >>> found.tokens, int(found.word.sum())
    (['where', 'is', 'my', 'order'], 7)
    """
    split = [words_of(text) for text in texts]
    tokens = [token for words in split for token in words]
    row = np.repeat(np.arange(len(split)), [len(words) for words in split])
    codes, place, end = _spelt(tokens)
    pair = np.flatnonzero(row[1:] == row[:-1])
    piece, first, last = _pieces(place - 1, end - place + 2)
    token = np.concatenate((np.arange(len(tokens)), pair, piece))
    starts, ends = np.concatenate((place, place[pair], first)), np.concatenate((end, end[pair + 1], last))
    word = np.arange(len(token)) < len(tokens) + len(pair)
    key = row[token].astype(np.uint64) << _HALF | _hashes(codes, starts, ends, word)
    return Grams(len(texts), key, word, token, tokens, row)


def words_of(text: str) -> list[str]:
    """The words of `text` that are read, in order."""
    return _NOT_WORD.sub(" ", text[:MAX_CHARACTERS].lower()).split()


class Spelling(NamedTuple):
    """What the hashes of a word and of its pairs are made of: integers modulo 2^64."""

    value: int
    """Of the word's characters, as in `_values`."""
    spaced: int
    """The same with a space behind the word."""
    power: int
    """_BASE to the power of their number, the space included."""


def spell(words: list[str]) -> tuple[list[Spelling], Indices, NDArray[np.uint32]]:
    """The spellings of words; and for each n-gram of characters inside them its word, by number, and its hash."""
    codes, place, end = _spelt(words)
    piece, first, last = _pieces(place - 1, end - place + 2)
    starts, ends = np.concatenate((place, place, first)), np.concatenate((end, end + 1, last))
    values = _values(codes, starts, ends)
    plain, spaced = values[: len(words)].tolist(), values[len(words) : 2 * len(words)].tolist()
    powers = _powers(_room(codes))[0][end - place + 1].tolist()
    return list(map(Spelling, plain, spaced, powers)), piece, _scattered(values[2 * len(words) :])


def word_hashes(words: Sequence[Spelling]) -> list[int]:
    """The hashes of the words of one text, in order, then of their pairs."""
    values = [word.value for word in words]
    values += [one.spaced + one.power * following.value & _ALL for one, following in pairwise(words)]
    salted = [value ^ _SALT for value in values]
    return [((value ^ value >> 32) * _SCATTER & _ALL) >> 32 for value in salted]


def _spelt(words: list[str]) -> tuple[NDArray[np.uint32], Indices, Indices]:
    """The words' characters with a space before and after each, shared by neighbours; where each begins and ends."""
    codes = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le", "surrogatepass"), np.uint32)
    length = np.fromiter(map(len, words), np.int64, len(words))
    end = (length + 1).cumsum()
    return codes, end - length, end


def _pieces(start: Indices, length: Indices) -> tuple[Indices, Indices, Indices]:
    """The n-grams of characters inside each span: its number, and where they start and end."""
    many = np.maximum(length - _SIZES + 1, 0).ravel()
    which = np.arange(len(many)).repeat(many)
    span, size = which % len(start), which // len(start) + CHARACTERS[0]
    starts = np.arange(len(which)) - (many.cumsum() - many)[which] + start[span]
    return span, starts, starts + size


def _hashes(codes: NDArray[np.uint32], start: Indices, end: Indices, word: NDArray[np.bool_]) -> NDArray[np.uint32]:
    return _scattered(_values(codes, start, end) ^ word * _WORD_SALT)


def _values(codes: NDArray[np.uint32], start: Indices, end: Indices) -> Values:
    """Each span as a polynomial in _BASE, its characters the coefficients: the same wherever it stands."""
    powers, inverses = _powers(_room(codes))
    scrambled = codes.astype(np.uint64) * _MIX
    scrambled ^= scrambled >> _HALF
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(scrambled * powers[: len(codes)], dtype=np.uint64)))
    return (sums[end] - sums[start]) * inverses[start]


def _scattered(values: Values) -> NDArray[np.uint32]:
    values = (values ^ values >> _HALF) * _MIX
    return (values >> _HALF).astype(np.uint32)


def _room(codes: NDArray[np.uint32]) -> int:
    """Powers to have ready for so many characters: few numbers, so that they are worked out once."""
    return 1 << max(10, len(codes).bit_length())


@lru_cache(maxsize=4)
def _powers(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """_BASE and its inverse (modulo 2^64) to the powers 0 to count-1."""
    return np.cumprod(np.append(np.uint64(1), np.full(count - 1, _BASE)), dtype=np.uint64), np.cumprod(
        np.append(np.uint64(1), np.full(count - 1, _INVERSE)), dtype=np.uint64
    )
