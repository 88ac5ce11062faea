"""The rule table as the tables of `_scan.c`, which looks for the places of all rules in one call.

A word that a rule wants near a value is looked for in the same walk, so that rules without a chance are not even tried.
Whatever is dropped here would find nothing: words and distances are taken too wide rather than too narrow.
"""

from __future__ import annotations

import re
import struct
import sys
from array import array
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, pairwise
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from headrace.privacy.nearby import SHORT_WORD
from headrace.privacy.openings import ASCII, allowed, by_offset
from headrace.privacy.places import MOST_TRIES, by_literal, folded, matches_inside_words
from headrace.privacy.rule import CONTEXT_AFTER, LONGEST_MATCH, Code, Digits, Keyword, Prefix, Rule
from headrace.privacy.view import LOOK_ALIKES, RARE_AND_STRANGE, SPOKEN_WORDS

SET_BITS = 512
"""Rules that a set of the scanner holds."""
_CODE_POINTS = 0x10000
_OTHER, _OTHER_SPACE = "\u00e9", "\u3000"
"""Stand for the characters beyond ASCII, and for those of them that are white."""
_GONE = "\x01"
"""Stands for nothing, where a look-alike is asked for."""
_LAST_SYMBOL = 255
_FEWEST_SYMBOLS = 32
_COMMON_FIRST = " etaoinsrhldcumfpgwybvkxjqz"
_SIGMAS = "σς"
"""Which of the two a capital becomes depends on the letters around it."""

_Step = tuple[int, int, bytes]
"""Fewest and most characters, and which bytes they are."""


class Unfit(Exception):
    """Rules that the scanner's tables cannot hold."""


class Tables(NamedTuple):
    """In the order in which `_scan.c` names them."""

    symbols: bytes
    strange: bytes
    rare: bytes
    sign_next: bytes
    sign_out: bytes
    sign_suffix: bytes
    sign_at: bytes
    signs: bytes
    keywords: bytes
    next: bytes
    out: bytes
    suffix: bytes
    word_at: bytes
    words: bytes
    speaks_for: bytes
    always: bytes
    reaches: bytes
    counts: bytes
    lengths: bytes
    trie: bytes
    prefix_at: bytes
    prefixes: bytes
    inside: bytes
    seeds: bytes
    steps: bytes
    byte_class: bytes
    openings: bytes


class Compiled(NamedTuple):
    tables: Tables
    alphabet: int
    most_tries: int


def compiled(rules: Sequence[Rule]) -> Compiled:
    """Raises Unfit for rules beyond what the tables hold: the table of this package fits."""
    if len(rules) > SET_BITS:
        raise Unfit(f"more than {SET_BITS} rules")
    reaches = [_reach(rule) for rule in rules]
    if any(reach is None and rule.context for rule, reach in zip(rules, reaches, strict=True)):
        raise Unfit("a rule that wants a word, and reads without end")
    seeds, steps = _seeds(rules)
    words, alphabet = _words(rules, reaches)
    always = _set(index for index, reach in enumerate(reaches) if reach is None)
    return Compiled(
        Tables(
            **words,
            always=always,
            reaches=_reaches(reaches),
            counts=_by_number(rules, Digits, "counts"),
            lengths=_by_number(rules, Code, "lengths"),
            **_prefixes(rules),
            seeds=seeds,
            steps=steps,
            **_openings(rules),
        ),
        alphabet,
        MOST_TRIES,
    )


def _set(indexes: Iterable[int]) -> bytes:
    return _bits(sum({1 << index for index in indexes}))


def _bits(bits: int) -> bytes:
    return array("Q", [bits >> shift & (1 << 64) - 1 for shift in range(0, SET_BITS, 64)]).tobytes()


def _reach(rule: Rule) -> int | None:
    """Characters behind a place in which a word for the rule may end; None for a rule that needs no word."""
    if not rule.context:
        return None
    longest = LONGEST_MATCH if isinstance(rule.trigger, (Digits, Code)) else sys.maxsize
    widest = min(_width(rule.pattern), longest)
    return None if widest > LONGEST_MATCH else widest + CONTEXT_AFTER


def _width(pattern: re.Pattern[str]) -> int:
    return int(_parser.parse(pattern.pattern, pattern.flags).getwidth()[1])


def _reaches(reaches: Sequence[int | None]) -> bytes:
    """For each distance the rules that look so far."""
    far = max((reach for reach in reaches if reach is not None), default=0)
    return b"".join(
        _set(index for index, reach in enumerate(reaches) if reach is not None and reach >= distance)
        for distance in range(far + 1)
    )


def _by_number(rules: Sequence[Rule], kind: type, attribute: str) -> bytes:
    by_number: dict[int, list[int]] = defaultdict(list)
    for index, rule in enumerate(rules):
        if isinstance(rule.trigger, kind):
            for number in getattr(rule.trigger, attribute):
                by_number[number].append(index)
    return b"".join(_set(by_number.get(number, ())) for number in range(max(by_number, default=0) + 1))


def _prefixes(rules: Sequence[Rule]) -> dict[str, bytes]:
    by_prefix: dict[str, list[int]] = defaultdict(list)
    for index, rule in enumerate(rules):
        if isinstance(rule.trigger, Prefix):
            for text in rule.trigger.texts:
                by_prefix[text].append(index)
    known = sorted(by_prefix)
    if not all(text and text.isascii() for text in known):
        raise Unfit("a prefix beyond ASCII")
    held = [[index for prefix in known if text.startswith(prefix) for index in by_prefix[prefix]] for text in known]
    inside = [[index for index in indexes if matches_inside_words(rules[index])] for indexes in held]
    tree = _Tree([text.encode() for text in known])
    rows = [[node.get(byte, 0) for byte in range(128)] for node in tree.children]
    ends = [tree.ends.get(state, -1) + 1 for state in range(len(rows))]
    return {
        "trie": _numbers(chain.from_iterable(rows)),
        "prefix_at": _numbers(ends),
        "prefixes": b"".join(map(_set, held)),
        "inside": b"".join(map(_set, inside)),
    }


class _Tree:
    """Texts, letter by letter; states are numbered by depth."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        self.children: list[dict[int, int]] = [{}]
        self.ends: dict[int, int] = {}
        """The text that ends in a state."""
        level: dict[int, list[int]] = {0: list(range(len(texts)))}
        depth = 0
        while level:
            below: dict[int, list[int]] = defaultdict(list)
            for state, members in level.items():
                for member in members:
                    if len(texts[member]) == depth:
                        self.ends[state] = member
                    else:
                        below[self._child(state, texts[member][depth])].append(member)
            level, depth = below, depth + 1
        if len(self.children) > _CODE_POINTS:
            raise Unfit("too many words")

    def _child(self, state: int, byte: int) -> int:
        if (child := self.children[state].get(byte)) is None:
            child = self.children[state][byte] = len(self.children)
            self.children.append({})
        return child


def _numbers(numbers: Iterable[int]) -> bytes:
    return array("H", numbers).tobytes()


def _words(rules: Sequence[Rule], reaches: Sequence[int | None]) -> tuple[dict[str, bytes], int]:
    """Two automata (Aho and Corasick) and how many symbols they read: one of the signs (keywords, and words that a
    disguise is spoken with), which a whole text is read for, and one of the words that rules want near a place."""
    speaks_for: dict[str, list[int]] = defaultdict(list)
    asked_at: dict[str, list[int]] = defaultdict(list)
    for index, rule in enumerate(rules):
        for word in rule.context if reaches[index] is not None else ():
            speaks_for[word].append(index)
        for word in rule.trigger.words if isinstance(rule.trigger, Keyword) else ():
            asked_at[word].append(index)
    signs, wanted, keywords = sorted({*asked_at, *SPOKEN_WORDS}), sorted(speaks_for), sorted(asked_at)
    if len(keywords) > _LAST_SYMBOL:
        raise Unfit("too many keywords")
    if any(ord(character) >= _CODE_POINTS for word in (*signs, *wanted) for character in word):
        raise Unfit("a character beyond the basic plane in a word")
    symbols = _symbols(tuple(sorted(set("".join(keywords)))), tuple(sorted(set("".join((*signs, *wanted))))))
    alphabet = max(_FEWEST_SYMBOLS, max(symbols) + 1)
    signs_by, words_by = _by_symbols(signs, symbols), _by_symbols(wanted, symbols)
    numbers = {word: number for number, word in enumerate(keywords, start=1)}
    sign_next, sign_out, sign_suffix, sign_at = _automaton(_Tree(list(signs_by)), alphabet)
    following, out, suffix, word_at = _automaton(_Tree(list(words_by)), alphabet)
    return {
        "symbols": symbols,
        "strange": _strange(),
        "rare": array("I", chain.from_iterable(RARE_AND_STRANGE)).tobytes(),
        "sign_next": sign_next,
        "sign_out": sign_out,
        "sign_suffix": sign_suffix,
        "sign_at": sign_at,
        "signs": b"".join(_sign(symbols_of, words, numbers) for symbols_of, words in signs_by.items()) or bytes(6),
        "keywords": _set(()) + b"".join(_set(asked_at[word]) for word in keywords),
        "next": following,
        "out": out,
        "suffix": suffix,
        "word_at": word_at,
        "words": b"".join(_wanted(symbols_of, words) for symbols_of, words in words_by.items()) or bytes(4),
        "speaks_for": b"".join(
            _set(index for word in words for index in speaks_for[word]) for words in words_by.values()
        )
        or _set(()),
    }, alphabet


def _by_symbols(words: Iterable[str], symbols: bytes) -> dict[bytes, list[str]]:
    """Two words may be one in symbols, where their characters share one."""
    by_symbols: dict[bytes, list[str]] = defaultdict(list)
    for word in words:
        by_symbols[bytes(symbols[ord(character)] for character in word)].append(word)
    return by_symbols


def _sign(symbols: bytes, words: Sequence[str], numbers: Mapping[str, int]) -> bytes:
    asked = [numbers[word] for word in words if word in numbers]
    if asked and len(words) > 1:
        raise Unfit("a keyword that cannot be told from another word")
    spoken = any(word in SPOKEN_WORDS for word in words)
    return struct.pack("=HHBx", len(symbols), asked[0] if asked else 0, spoken)


def _wanted(symbols: bytes, words: Sequence[str]) -> bytes:
    short = all(len(word) <= SHORT_WORD and word.isascii() and word.isalpha() for word in words)
    return struct.pack("=HBx", len(symbols), short)


@lru_cache(4)
def _symbols(exact: tuple[str, ...], wanted: tuple[str, ...]) -> bytes:
    """A symbol for each character of the basic plane, as `folded` sees it: 1 to 26 for the letters, 0 for what is in no
    word. The rarest share one, but for those of `exact`."""
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    plain = [character for character in wanted if character.isascii() and character not in letters]
    foreign = [character for character in wanted if not character.isascii() and character not in _SIGMAS]
    foreign.sort(key=lambda character: (character not in exact, character))
    order = [*letters, *plain, *foreign]
    of = {character: min(number, _LAST_SYMBOL) for number, character in enumerate(order, start=1)}
    of |= dict.fromkeys(_SIGMAS, _LAST_SYMBOL)
    if any(of[character] >= _LAST_SYMBOL for character in exact if character in of):
        raise Unfit("too many characters in words")
    return bytes(of.get(character, 0) for character in folded("".join(map(chr, range(_CODE_POINTS)))))


@cache
def _strange() -> bytes:
    strange = bytearray(_CODE_POINTS)
    for character, look_alike in LOOK_ALIKES.items():
        if ord(character) < _CODE_POINTS:
            strange[ord(character)] = ord(look_alike or _GONE)
    return bytes(strange)


def _automaton(tree: _Tree, alphabet: int) -> tuple[bytes, bytes, bytes, bytes]:
    """For each state what follows it by symbol, the nearest state that ends a word, its suffix, and its word."""
    states = len(tree.children)
    suffix, out = [0] * states, [0] * states
    rows = {0: array("H", [tree.children[0].get(symbol, 0) for symbol in range(alphabet)])}
    pending = deque(tree.children[0].values())
    while pending:
        state = pending.popleft()
        row = array("H", rows[suffix[state]])
        out[state] = state if state in tree.ends else out[suffix[state]]
        for symbol, child in tree.children[state].items():
            suffix[child] = row[symbol]
            row[symbol] = child
            pending.append(child)
        rows[state] = row
    following = b"".join(rows[state].tobytes() for state in range(states))
    return following, _numbers(out), _numbers(suffix), _numbers(tree.ends.get(state, 0) for state in range(states))


def _seeds(rules: Sequence[Rule]) -> tuple[bytes, bytes]:
    programs = [(*_program(pattern), [index for index, _ in own]) for pattern, own in by_literal(rules).items()]
    programs.sort(key=lambda program: program[0][_anchor(program[0])])
    seeds: list[bytes] = []
    steps: list[bytes] = []
    for literal, own, indexes in programs:
        seeds.append(
            struct.pack("=HHHH24s", len(steps), len(own), len(literal), _anchor(literal), literal) + _set(indexes)
        )
        steps += own
    return b"".join(seeds), b"".join(steps)


def _anchor(literal: bytes) -> int:
    """Which of its characters a literal is looked for by: letters and blanks are many, signs few."""
    return max(range(len(literal)), key=lambda place: _COMMON_FIRST.find(chr(literal[place]).lower()) % 64)


def _program(pattern: str) -> tuple[bytes, list[bytes]]:
    """The literal that a pattern begins with, and what it looks ahead to as steps: so many characters of a class.

    Raises Unfit for a pattern that is more than that, or whose steps might have to be taken back.
    """
    literal = ""
    ahead: list[_Step] = []
    for name, argument in _parser.parse(pattern):
        if str(name) == "LITERAL" and not ahead:
            literal += chr(argument)
        elif str(name) == "ASSERT" and argument[0] == 1 and not ahead:
            ahead = list(_steps(argument[1]))
        else:
            raise Unfit(f"{pattern}: {name}")
    if not (literal and literal.isascii() and len(literal) <= 24):
        raise Unfit(f"{pattern}: has to begin with a short ASCII literal")
    for (fewest, most, has), (_, _, following) in pairwise(ahead):
        if fewest != most and any(one and other for one, other in zip(has, following, strict=True)):
            raise Unfit(f"{pattern}: would have to be tried in several ways")
    return literal.encode(), [struct.pack("=HHxxxx256s", *step) for step in ahead]


def _steps(parsed: Iterable[tuple[object, Any]]) -> Iterator[_Step]:
    for name, argument in parsed:
        if str(name) in ("LITERAL", "IN"):
            yield 1, 1, _class(name, argument)
        elif str(name) == "MAX_REPEAT":
            yield from _repeated(*argument)
        elif str(name) == "SUBPATTERN":
            yield from _steps(argument[3])
        else:
            raise Unfit(str(name))


def _repeated(fewest: int, most: int, body: Iterable[tuple[object, Any]]) -> list[_Step]:
    inner = list(_steps(body))
    if len(inner) == 1 and inner[0][:2] == (1, 1) and most <= LONGEST_MATCH:
        return [(fewest, most, inner[0][2])]
    if fewest != most:
        raise Unfit("a repeat of several steps")
    return inner * fewest


def _class(name: object, argument: Any) -> bytes:
    """Which bytes of the scanner belong to a class."""
    single = _parser.SubPattern(_parser.State(), [(name, argument)])
    has = re._compiler.compile(single, 0).fullmatch  # type: ignore[attr-defined]
    shown = [*map(chr, range(128)), _OTHER, _OTHER_SPACE]
    return bytes(bool(has(character)) for character in shown).ljust(256, b"\0")


def _openings(rules: Sequence[Rule]) -> dict[str, bytes]:
    """For each of OFFSETS and each class of bytes the rules of which a match may have such a byte there."""
    at_offsets = by_offset([rule.pattern for rule in rules])
    told_apart = sorted({characters for members in at_offsets for characters in members})
    like = [tuple(characters >> code & 1 for characters in told_apart) for code in range(ASCII)]
    classes = {alike: number for number, alike in enumerate(dict.fromkeys(like), start=1)}
    of_class = {classes[alike]: code for code, alike in enumerate(like)}
    every = (1 << len(rules)) - 1
    return {
        "byte_class": bytes(classes[alike] for alike in like).ljust(256, b"\0"),
        "openings": b"".join(
            _bits(every if number == 0 else allowed(members, of_class[number]))
            for members in at_offsets
            for number in range(len(classes) + 1)
        ),
    }
