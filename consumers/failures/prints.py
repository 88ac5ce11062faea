"""Which questions can be rephrases at all: the words of many texts as one 64-bit print each, by arrays.

A word's stem sets one of 64 bits. Two texts of n and m words that differ in d bits have at least d stems that the
other one has not, so that Dice's coefficient of their stems is at most 1 - d / (n + m): most pairs need no further
look. Texts that are not ASCII have no print, and are always looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from consumers.failures.session_rules import COMMON_WORDS, MAX_CHARACTERS, STEM

_SLACK = 1e-9
"""Of a bound in words: what rounding may take from it."""
_WIDTH = 8
"""Letters of a word that are looked at: the longest common word has six."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""2^64 by the golden ratio: neighbouring stems fall on distant bits."""
_COMPLAINING = ("asked", "meant", "wante", "said", "wrong", "answe", "under", "told", "again", "still")
"""Every complaint of the session rules has a word that begins so."""


def _code(word: str) -> int:
    return int.from_bytes(word.encode().ljust(_WIDTH, b"\0"), "little")


_COMMON = np.array(sorted(map(_code, COMMON_WORDS)), np.uint64)
_FIVE = np.array(sorted(_code(word) for word in _COMPLAINING if len(word) == STEM), np.uint64)
_FOUR = np.array(sorted(_code(word) for word in _COMPLAINING if len(word) == STEM - 1), np.uint64)
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(_WIDTH + 1)], np.uint64)
_LOWER = np.array([ord(chr(i).lower()) if chr(i).isalnum() or chr(i) == "_" else 0 for i in range(128)], np.uint8)
"""ASCII's word characters in lower case; 0 between words."""


class Prints(NamedTuple):
    """Of some texts, in their order."""

    bits: list[int]
    words: list[int]
    """How many words say something; -1 for a text without a print."""
    complains: list[bool]
    """Whether it may be a complaint."""

    def may_repeat(self, place: int, other: Prints, at: int, share: float) -> bool:
        """Whether the text at `place` may have that share of stems in common with the one `at` a place of `other`."""
        own, others = self.words[place], other.words[at]
        if own < 0 or others < 0:
            return True
        return (self.bits[place] ^ other.bits[at]).bit_count() <= (1.0 - share) * (own + others) + _SLACK


def prints_of(texts: Sequence[str]) -> Prints:
    """One print for each text.

    >>> prints = prints_of(["Cancel my order", "please cancel the order", "Where is my parcel?"])
    >>> prints.may_repeat(1, prints, 0, 0.6), prints.may_repeat(2, prints, 0, 0.6)
    (True, False)
    """
    plain = [text[:MAX_CHARACTERS] if text.isascii() else None for text in texts]
    content = "\n".join(text or "" for text in plain) + "\n" + "\0" * _WIDTH
    letters = _LOWER[np.frombuffer(content.encode(), np.uint8)]
    ends_of_texts = np.cumsum([len(text or "") + 1 for text in plain])
    edges = np.flatnonzero(np.diff(letters != 0, prepend=False))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    eights = np.ndarray((len(letters) - _WIDTH + 1,), "<u8", letters, strides=(1,))[starts]
    words = eights & _MASKS[np.minimum(lengths, _WIDTH)]
    stems = words & _MASKS[STEM]
    owners = np.searchsorted(ends_of_texts, starts, "right")
    telling = ~((lengths <= _WIDTH) & _among(words, _COMMON))
    complaining = _among(stems, _FIVE) | _among(stems & _MASKS[STEM - 1], _FOUR)
    bits = np.zeros(len(plain), np.uint64)
    np.bitwise_or.at(bits, owners[telling], np.uint64(1) << (stems[telling] * _MULTIPLIER >> np.uint64(58)))
    counts = np.bincount(owners[telling], minlength=len(plain)).tolist()
    complains = np.bincount(owners[complaining], minlength=len(plain)).tolist()
    return Prints(
        bits.tolist(),
        [count if text is not None else -1 for count, text in zip(counts, plain, strict=True)],
        [count > 0 or text is None for count, text in zip(complains, plain, strict=True)],
    )


def _among(words: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, words), len(known) - 1)] == words
    return found
