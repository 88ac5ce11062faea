"""Which questions can be rephrases at all: the words of many texts as one 128-bit print each, by arrays.

A word's stem sets one of 128 bits. Two texts of n and m words that differ in d bits have at least d stems that the
other one has not, so that Dice's coefficient of their stems is at most 1 - d / (n + m): most pairs need no further
look. Texts that are not ASCII have no print, and are always looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from consumers.failures.session_rules import (
    COMMON_WORDS,
    COMPLAINING,
    FOLLOWING,
    LEADING,
    MAX_CHARACTERS,
    STEM,
)

try:
    from consumers.failures import _prints as _native
except ImportError:
    _native = None  # type: ignore[assignment]

_SLACK = 1e-9
"""Of a bound in words: what rounding may take from it."""
_WIDTH = 8
"""Letters of a word that are looked at: the longest common word has six."""
PIECES = 2
"""Numbers of 64 bits that a print has. With one, one pair in ten of unlike questions needed a further look."""
_HASH_SHIFT = 64 - 7
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""2^64 by the golden ratio: neighbouring stems fall on distant bits."""


def _code(word: str) -> int:
    return int.from_bytes(word.encode().ljust(_WIDTH, b"\0"), "little")


def _codes(words: Iterable[str]) -> NDArray[np.uint64]:
    return np.array(sorted(map(_code, words)), np.uint64)


_COMMON = _codes(COMMON_WORDS)
_TELLING = _codes(COMPLAINING)
_LEADING = _codes(word[:_WIDTH] for word in LEADING)
_FOLLOWING = _codes(FOLLOWING)
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(_WIDTH + 1)], np.uint64)
_LOWER = np.array([ord(chr(i).lower()) if chr(i).isalnum() or chr(i) == "_" else 0 for i in range(128)], np.uint8)
"""ASCII's word characters in lower case; 0 between words."""


class Prints(NamedTuple):
    """Of some texts, in their order."""

    bits: NDArray[np.uint64]
    """A row of `PIECES` numbers for each."""
    words: NDArray[np.int16]
    """How many words say something; -1 for a text without a print."""
    complains: NDArray[np.bool_]
    """Whether it may be a complaint."""

    def of(self, places: NDArray[np.int64]) -> Prints:
        """Those at some places."""
        return Prints(self.bits[places], self.words[places], self.complains[places])


def may_repeat(ones: Prints, others: Prints, share: float) -> NDArray[np.bool_]:
    """Whether each of `ones` may have that share of stems in common with its neighbour in `others`."""
    differing = np.bitwise_count(ones.bits ^ others.bits).sum(axis=1)
    near: NDArray[np.bool_] = differing <= (1.0 - share) * (ones.words.astype(np.float64) + others.words) + _SLACK
    return near | (ones.words < 0) | (others.words < 0)


def prints_of(texts: Sequence[str]) -> Prints:
    """One print for each text, by native code where it was built.

    >>> prints = prints_of(["Cancel my order", "please cancel the order", "Where is my parcel?"])
    >>> may_repeat(prints.of([1, 2]), prints.of([0, 0]), 0.6).tolist()
    [True, False]
    """
    if _native is None:
        return plain_prints(texts)
    bits, words, complains = _native.prints_of(
        list(texts), MAX_CHARACTERS, _LOWER, _COMMON, _TELLING, _LEADING, _FOLLOWING
    )
    return Prints(
        np.frombuffer(bits, np.uint64).reshape(-1, PIECES),
        np.frombuffer(words, np.int16),
        np.frombuffer(complains, np.bool_),
    )


def plain_prints(texts: Sequence[str]) -> Prints:
    """The same prints by arrays, without native code."""
    plain = [text[:MAX_CHARACTERS] if text.isascii() else None for text in texts]
    content = "\n".join(text or "" for text in plain) + "\n" + "\0" * _WIDTH
    letters = _LOWER[np.frombuffer(content.encode(), np.uint8)]
    lengths_of_texts = np.array([len(text or "") + 1 for text in plain], np.int64)
    edges = np.flatnonzero(np.diff(letters != 0, prepend=False))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    eights = np.ndarray((len(letters) - _WIDTH + 1,), "<u8", letters, strides=(1,))[starts]
    words = eights & _MASKS[np.minimum(lengths, _WIDTH)]
    stems = words & _MASKS[STEM]
    owners = np.repeat(np.arange(len(plain)), lengths_of_texts)[starts]
    telling = ~((lengths <= _WIDTH) & _among(words, _COMMON))
    complaining = _complaining(words, owners)
    spoken = np.array([text is not None for text in plain], np.bool_)
    counts = np.bincount(owners[telling], minlength=len(plain))
    return Prints(
        _bits(owners[telling], stems[telling], len(plain)),
        np.where(spoken, counts, -1).astype(np.int16),
        (np.bincount(owners[complaining], minlength=len(plain)) > 0) | ~spoken,
    )


def _complaining(words: NDArray[np.uint64], owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of words that complaints have, beside another that they have there."""
    places = np.flatnonzero(_among(words & _MASKS[STEM], _TELLING) | _among(words & _MASKS[STEM - 1], _TELLING))
    goes_on = np.pad(owners[1:] == owners[:-1], 1)
    before, behind = (np.pad(words, 1)[places + step] for step in (0, 2))
    follows = [_among(behind & _MASKS[length], _FOLLOWING) for length in (2, STEM - 1, STEM)]
    found: NDArray[np.int64] = places[
        (goes_on[places] & _among(before, _LEADING)) | (goes_on[places + 1] & np.logical_or.reduce(follows))
    ]
    return found


def _bits(owners: NDArray[np.int64], stems: NDArray[np.uint64], texts: int) -> NDArray[np.uint64]:
    """The print of each text: a stem's hash says which bit it sets."""
    hashes = stems * _MULTIPLIER >> np.uint64(_HASH_SHIFT)
    bits = np.zeros(texts * PIECES, np.uint64)
    pieces = owners * PIECES + (hashes >> np.uint64(6)).astype(np.int64)
    np.bitwise_or.at(bits, pieces, np.uint64(1) << (hashes & np.uint64(63)))
    return bits.reshape(texts, PIECES)


def _among(words: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, words), len(known) - 1)] == words
    return found
