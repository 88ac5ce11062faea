"""Which language a question is in: what its event says, else a guess by script and function words, by arrays.

    said      `metadata.language`, `lang` or `locale`, if it begins with a code of two or three letters (`en-US`: `en`)
    script    letters that one language of our list writes with: kana, hangul, Greek, Thai ...
    words     in Latin, Cyrillic and Arabic letters the language whose function words and letters come most often; what
              several languages have counts for less

A question that tells nothing (`ok`, `4711`, an empty one) is `und`, as ISO 639 calls the undetermined. One in a
language that is not listed counts for a relative that has its script, or as `und`: the mix still moves with it.
Guesses are for shares: of one question of three words many are wrong. Measured by `benchmarks/languages.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.digester.language_words import LETTERS, WORDS

try:
    from consumers.digester._languages import Guesser
except ImportError:
    Guesser = None  # type: ignore[assignment, misc]

UNKNOWN = "und"
MAX_CHARACTERS = 200
"""Of a question that are looked at: a bound on the work; of thirty words some are function words."""
_CODE = re.compile(r"([A-Za-z]{2,3})(?:$|[-_.])")
"""The first part of a BCP 47 tag or of a POSIX locale."""
LONGEST_TAG = 8
"""Characters of a tag that are looked at, at most."""
_NOTHING_SAID = (None, None, None)
_SCRIPTS = {
    "en": ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF)),
    "ru": ((0x400, 0x52F),),
    "ar": ((0x600, 0x6FF), (0x750, 0x77F)),
    "el": ((0x370, 0x3FF),),
    "he": ((0x590, 0x5FF),),
    "hy": ((0x530, 0x58F),),
    "hi": ((0x900, 0x97F),),
    "bn": ((0x980, 0x9FF),),
    "ta": ((0xB80, 0xBFF),),
    "te": ((0xC00, 0xC7F),),
    "th": ((0xE00, 0xE7F),),
    "ka": ((0x10A0, 0x10FF),),
    "ko": ((0x1100, 0x11FF), (0xAC00, 0xD7A3)),
    "zh": ((0x3400, 0x9FFF),),
    "ja": ((0x3040, 0x30FF),),
}
"""Code points of each script, by the language that most of what is written in it is in."""
_LATIN, _CYRILLIC, _ARABIC, _HAN, _KANA = (list(_SCRIPTS).index(name) for name in ("en", "ru", "ar", "zh", "ja"))
_RELATIVES = {_LATIN: "en de fr es pt it nl sv da fi pl cs hu ro tr id vi", _CYRILLIC: "ru uk bg", _ARABIC: "ar fa ur"}
_SYLLABLES = 3
"""Latin letters that a sign of Chinese, Japanese or Korean is worth: a brand's name makes no text English."""
_WIDTH = 8
"""Letters of the longest word."""
_VOTES = 60
"""Of a word that one language has; divided among those that share it."""
_LETTER_VOTES = 20
_POINTS = 0x10000
"""Of Unicode that are told apart: no living script of the list has letters beyond."""
_OTHER_LETTER = 255

Ints = NDArray[np.int64]
Points = NDArray[np.uint32]
Letters = NDArray[np.uint8]


def languages(queries: Sequence[str], tags: Sequence[tuple[Any, Any, Any]]) -> list[str]:
    """The language of each question, an ISO 639 code; `tags` are what its event says in the places for it."""
    said = [None if one == _NOTHING_SAID else _said(one) for one in tags]
    guesses = iter(guessed([query for query, code in zip(queries, said, strict=True) if code is None]))
    return [next(guesses) if code is None else code for code in said]


def guessed(texts: Sequence[str]) -> list[str]:
    """The language of each text by itself, by native code where it was built.

    >>> guessed(["Where is my parcel?", "Wo ist mein Paket?", "¿Dónde está mi pedido?", "私の荷物はどこ", "ok"])
    ['en', 'de', 'es', 'ja', 'und']
    """
    if _guesser is not None:
        return [NAMES[place] for place in _guesser.guess(list(texts))]
    return plain_guesses(texts)


def plain_guesses(texts: Sequence[str]) -> list[str]:
    """The same guesses by arrays, without native code."""
    if not texts:
        return []
    short = [text[:MAX_CHARACTERS] for text in texts]
    content = "\n".join(short) + "\n" + "\0" * _WIDTH
    points = np.minimum(np.frombuffer(content.encode("utf-32-le", "surrogatepass"), np.uint32), _POINTS - 1)
    ends = np.fromiter(accumulate(len(text) + 1 for text in short), np.int64, len(short))
    letters = _LETTER_OF[points]
    scripts = _scripts(points, letters, ends)
    votes = np.where(_RELATED[scripts], _votes(letters, ends), 0)
    places = np.where(votes.any(axis=1), votes.argmax(axis=1), _BY_SCRIPT[scripts])
    return [NAMES[place] for place in places.tolist()]


def _said(tags: tuple[Any, Any, Any]) -> str | None:
    for tag in tags:
        if isinstance(tag, str) and (code := _CODE.match(tag)):
            return code[1].lower()
    return None


def _scripts(points: Points, letters: Letters, ends: Ints) -> Ints:
    """The script that most of each text is written in; that of kana goes with any number of Chinese signs."""
    starts = np.concatenate(([0], ends[:-1]))
    foreign = np.flatnonzero(_SCRIPT_OF[points])
    places = np.searchsorted(ends, foreign, "right") * len(_SCRIPTS) + _SCRIPT_OF[points[foreign]]
    counts = np.bincount(places, minlength=len(ends) * len(_SCRIPTS)).reshape(len(ends), -1)
    counts[:, _LATIN] = np.add.reduceat(letters != 0, starts, dtype=np.int64) - counts.sum(axis=1)
    counts[:, _KANA] += np.where(counts[:, _KANA] > 0, counts[:, _HAN], 0)
    most: Ints = (counts * _WEIGHTS).argmax(axis=1)
    return most


def _votes(letters: Letters, ends: Ints) -> Ints:
    """How much speaks for each language, a row for each text."""
    edges = np.flatnonzero(np.diff(letters != 0, prepend=False))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    starts, lengths = starts[lengths <= _WIDTH], lengths[lengths <= _WIDTH]
    eights = np.ndarray((len(letters) - _WIDTH + 1,), "<u8", letters, strides=(1,))[starts]
    words = eights & _MASKS[lengths]
    places = np.searchsorted(_KEYS[:-1], words)
    known = _KEYS[places] == words
    telling = np.flatnonzero((letters > _PLAIN) & (letters < _OTHER_LETTER))
    return _summed(starts[known], _WORD_VOTES[places[known]], ends) + _summed(
        telling, _OF_LETTERS[letters[telling]], ends
    )


def _summed(at: Ints, votes: Ints, ends: Ints) -> Ints:
    """The votes of each text; `at` says, ascending, where each of them was found."""
    summed = np.zeros((len(ends), len(NAMES)), np.int64)
    owners, firsts = np.unique(np.searchsorted(ends, at, "right"), return_index=True)
    if len(owners):
        summed[owners] = np.add.reduceat(votes, firsts)
    return summed


def _divided(holders: Mapping[str, Collection[str]], votes: int) -> dict[str, Ints]:
    """Of each sign the votes that it gives, divided among the languages that have it."""
    signs = dict.fromkeys(sign for kept in holders.values() for sign in kept)
    found = {sign: np.array([sign in holders.get(name, ()) for name in NAMES], np.int64) for sign in signs}
    return {sign: having * (votes // having.sum()) for sign, having in found.items()}


def _code(word: str) -> int:
    """A word as the number that its letters make."""
    return int.from_bytes(bytes(_NUMBERS[letter] for letter in word), "little")


def _letter_table(numbers: Mapping[str, int]) -> Letters:
    """The number of each letter, large or small."""
    table = np.zeros(_POINTS, np.uint8)
    for ranges in _SCRIPTS.values():
        for first, last in ranges:
            table[first : last + 1] = [
                numbers.get(letter.lower(), _OTHER_LETTER) if letter.isalpha() else 0
                for letter in map(chr, range(first, last + 1))
            ]
    return table


def _script_table() -> Letters:
    table = np.zeros(_POINTS, np.uint8)
    for number, ranges in enumerate(_SCRIPTS.values()):
        for first, last in ranges:
            table[first : last + 1] = number
    return table


_SHARING = {name: frozenset(words.split()) for name, words in WORDS.items()}
NAMES = list(dict.fromkeys([*_SHARING, *_SCRIPTS, UNKNOWN]))
"""Every language that a guess can be; where two are even, the first."""
_ALPHABET = sorted({letter for signs in (*_SHARING.values(), *LETTERS.values()) for sign in signs for letter in sign})
_NUMBERS = {letter: number for number, letter in enumerate(_ALPHABET, 1)}
_PLAIN = sum(letter.isascii() for letter in _ALPHABET)
_LETTER_OF, _SCRIPT_OF = _letter_table(_NUMBERS), _script_table()
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(_WIDTH + 1)], np.uint64)
_WEIGHTS = np.array([_SYLLABLES if name in ("ko", "zh", "ja") else 1 for name in _SCRIPTS], np.int64)
_RELATED = np.array([[name in _RELATIVES.get(n, "").split() for name in NAMES] for n in range(len(_SCRIPTS))], np.bool_)
_BY_SCRIPT = np.array([NAMES.index(UNKNOWN if name == "en" else name) for name in _SCRIPTS], np.int64)
_BY_WORD = {_code(word): votes for word, votes in _divided(_SHARING, _VOTES).items()}
_KEYS = np.array([*sorted(_BY_WORD), 0], np.uint64)
_WORD_VOTES = np.array([_BY_WORD[code] for code in sorted(_BY_WORD)])
_BY_LETTER = {_NUMBERS[letter]: votes for letter, votes in _divided(LETTERS, _LETTER_VOTES).items()}
_OF_LETTERS = np.array([_BY_LETTER.get(number, np.zeros(len(NAMES), np.int64)) for number in range(_OTHER_LETTER + 1)])


def _native_guesser() -> Guesser | None:
    if Guesser is None:
        return None
    by_script = (_RELATED, _BY_SCRIPT.astype(np.uint8), _WEIGHTS)
    tables = (_LETTER_OF, _SCRIPT_OF, _KEYS[:-1], _WORD_VOTES, _OF_LETTERS, *by_script)
    return Guesser(tables, len(NAMES), (_LATIN, _HAN, _KANA), _PLAIN, MAX_CHARACTERS)


_guesser = _native_guesser()
