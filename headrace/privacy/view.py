"""The text as a person reads it: disguises undone, each character with its place in the source.

Zero-width characters go, full-width and other scripts' digits, unicode dashes and spaces become their plain
ones, percent-, HTML- and JSON-escapes become what they stand for, `(at)` and `dot` become marks. It is built only
for a text that holds one of these.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from headrace.privacy.places import TooManyPlaces

_ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_zero_width = re.compile(f"(?P<gone>[{_ZERO_WIDTH}]+)")
_WORD_AT = r"(?:at|AT|At|arroba|ät|собака|chez)"
_WORD_DOT = r"(?:dot|DOT|Dot|punkt|punto|point|ponto|точка)"


_WRITTEN_OUT = rf"(?:{_WORD_AT}|{_WORD_DOT}|@|\.)"


def _bracketed(word: str) -> str:
    brackets = "|".join(
        rf"{opened} ?{word} ?{closed}"
        for opened, closed in ((r"\(", r"\)"), (r"\[", r"\]"), (r"\{", r"\}"), ("<", ">"))
    )
    return rf" {{0,2}}(?:{brackets}) {{0,2}}"


_BRACKETED_AT = _bracketed(rf"(?:{_WORD_AT}|@)")
_BRACKETED_DOT = _bracketed(rf"(?:{_WORD_DOT}|\.)")
_SPOKEN_WORD_DOT = r"(?:dot|DOT|Dot|punkt|punto|ponto|точка)"
"""Without brackets French has to do without: `needed at this point in time` is no address."""
_SPOKEN_AT = rf"(?<=\w)[ _]{_WORD_AT}[ _](?=[\w-]{{1,63}}(?:[ _]{_SPOKEN_WORD_DOT}[ _][\w-]{{1,63}}){{1,4}})"
_SPOKEN_DOT = rf"(?<=\w)[ _]{_SPOKEN_WORD_DOT}[ _](?=[^\W\d_])"
_SOFT_BREAK = r"(?<=[^\s=])=\r?\n(?=[^\n])"
"""Of quoted-printable."""
_BREAK = r"(?<=[\w)][@-])(?:\r?\n[ \t]{0,8}|\\{1,4}[rn](?:\\{1,4}n)?)(?=\w)|(?<=[0-9][.])\r?\n[ \t]{0,8}(?=[0-9])"
"""Behind a mark that goes on: `555-` and `ada@` at a line's end."""
_ONE = r"[^\W_](?![A-Za-z0-9])"
_SPREAD = rf"(?<=(?<![A-Za-z0-9])[^\W_]) (?={_ONE}|[@.-] {_ONE})|(?<=[^\W_] [@.-]) (?={_ONE})"
"""A blank between letters or digits that stand one by one."""
_ALTERNATIVES = (
    rf"(?:(?P<gone>[{_ZERO_WIDTH}]+)"
    r"|(?P<percent>%[2-7][0-9A-Fa-f]|%[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){1,3})"
    r"|(?P<escape>\\{1,4}u[0-9A-Fa-f]{4}|\\{1,4}x[0-9A-Fa-f]{2}|=[2-7][0-9A-F](?:(?<==40)|(?=[\w.+=-]{0,64}=40))"
    r"(?=[\w=]))"
    rf"|(?P<joint>{_SOFT_BREAK}|{_BREAK}|{_SPREAD})"
    r"|(?P<blank>\\{1,4}[nrt]|(?<=[0-9])\r?\n[ \t]{0,8}(?=[0-9(]))"
    r"|(?P<plain>\\[/\"'@.-])"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});)"
    rf"|(?P<at>{_BRACKETED_AT}|{_SPOKEN_AT})"
    rf"|(?P<dot>{_BRACKETED_DOT}|{_SPOKEN_DOT}))"
)
_SIGNS = rf"{_ZERO_WIDTH}%\\=\r\n&(\[{{<"
_PIECE = re.compile(rf"(?=[{_SIGNS} _]){_ALTERNATIVES}")
"""The first characters of all of them go before: a text is walked through a dozen times faster."""
_PIECE_AT_SIGN = re.compile(rf"(?=[{_SIGNS}]){_ALTERNATIVES}")
"""Those that begin with no blank, of which a text has hundreds."""
_blank_piece = re.compile(
    r" (?=[^\W_](?![A-Za-z0-9])|[@.-] | ?[(\[{<])"
    rf"(?:(?<=(?<![A-Za-z0-9])[^\W_] )(?={_ONE}|[@.-] {_ONE})|(?<=[^\W_] [@.-] )(?={_ONE})| ?[(\[{{<] ?{_WRITTEN_OUT})"
).search
"""One that does; words for marks apart."""
_GOES_ON = (
    r"(?:(?<=[\w)][@-]\n)|(?<=[\w)][@-]\r\n))[ \t]{0,8}\w|(?:(?<=[^\s=]=\n)|(?<=[^\s=]=\r\n))[^\n]"
    r"|(?:(?<=[0-9]\n)|(?<=[0-9]\r\n)|(?<=[0-9]\.\n)|(?<=[0-9]\.\r\n))[ \t]{0,8}[0-9(][0-9() .-]{2}"
)
_ONE_BY_ONE = r"[0-9](?: [0-9.]){7}"
_NEEDED = (
    ("%", re.compile(r"%[2-7][0-9A-Fa-f]")),
    ("\\", re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrt/\"'@.-])")),
    ("=", re.compile(r"=40[\w=]")),
    ("\n", re.compile(rf"\n(?:(?<=[@=0-9\r-]\n)|(?<=[0-9]\.\n))(?:{_GOES_ON})")),
    ("@", re.compile(r"@(?<= @) \S ")),
    ("&", re.compile(r"&(?:#|[A-Za-z]{2,8};)")),
)
_one_by_one = re.compile(_ONE_BY_ONE).search
_DIGITS_AND_DOTS = bytes(ord("d") if chr(byte) in "0123456789." else byte for byte in range(256))
_EIGHT_ONE_BY_ONE = b" ".join([b"d"] * 8)
_BRACKETS = tuple((opened, re.compile(rf"{re.escape(opened)} ?{_WRITTEN_OUT} ?[)\]}}>]")) for opened in "([{<")
_MARKS = tuple((mark, pattern.search) for mark, pattern in (*_NEEDED, *_BRACKETS))
"""A character without which the pattern need not be looked for."""
REMEMBERED = 1_000
"""Disguised characters; of those that texts hold there are fewer."""
REACH = 400
"""Characters, at most, from a piece to what makes it one: an address that is spoken in five words of 63."""
_SPOKEN = (" dot ", "_dot_", " DOT ", " Dot ", " punkt ", " punto ", " ponto ", " точка ")
SPOKEN_WORDS = tuple({word.strip(" _").lower() for word in _SPOKEN})
_spoken_at = re.compile(_SPOKEN_AT).search


_ZEROS = (
    "660 6f0 7c0 966 9e6 a66 ae6 b66 be6 c66 ce6 d66 de6 e50 ed0 f20 1040 1090 17e0 1810 1946 19d0 1a80 1a90 1b50 "
    "1bb0 1c40 1c50 a620 a8d0 a900 a9d0 a9f0 aa50 abf0 104a0 10d30 11066 110f0 11136 111d0 112f0 11450 114d0 11650 "
    "116c0 11730 118e0 11950 11c50 11d50 11da0 16a60 16ac0 16b50 1d7ce 1d7d8 1d7e2 1d7ec 1d7f6 1e140 1e2f0 1e950 "
    "1fbf0 "
)
"""Where the decimal digits of each script begin (Unicode's category Nd), in hexadecimal."""
_DASHES = (
    "2d7 58a 5be 1400 1806 2010 2011 2012 2013 2014 2015 2043 2212 2e17 2e1a 2e3a 2e3b 2e40 2e5d 301c 3030 30a0 30fc "
    "fe31 fe32 fe58 fe63 10ead "
)
"""Category Pd, and what else looks like a hyphen."""
_SPACES = "a0 1680 2000 2001 2002 2003 2004 2005 2006 2007 2008 2009 200a 202f 205f 3000 "
_DOTS = "b7 2024 3002 fe52 ff61"


def _codes(table: str) -> list[int]:
    return [int(code, 16) for code in table.split()]


_PLAIN_CHARACTERS = (
    {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {zero + digit: str(digit) for zero in _codes(_ZEROS) for digit in range(10)}
    | dict.fromkeys(_codes(_DASHES), "-")
    | dict.fromkeys(_codes(_SPACES), " ")
    | dict.fromkeys(_codes(_DOTS), ".")
    | {0xFE6B: "@"}
)
"""Full-width forms, digits of all scripts, dashes and spaces, to the ASCII character that they look like."""
RARE_AND_STRANGE = ((0x104A0, 0x11FFF), (0x16A00, 0x16BFF), (0x1D7CE, 0x1D7FF), (0x1E000, 0x1E9FF))
"""Ranges beyond the basic plane in which they lie."""
_BASIC = "".join(map(chr, range(0x10000)))
LOOK_ALIKES: Mapping[str, str] = {chr(code): plain for code, plain in _PLAIN_CHARACTERS.items()} | dict.fromkeys(
    "".join(_zero_width.findall(_BASIC)), ""
)
"""What strange characters look like; nothing, where they have no width."""
_STRANGE = re.compile(f"[{re.escape(''.join(strange for strange in LOOK_ALIKES if ord(strange) < len(_BASIC)))}]")
_ascii = re.compile("[\0-\x7f]+")
_STRANGE_AND_RARE = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in RARE_AND_STRANGE)}]")
"""Apart, because `re` looks a class of the basic plane up in a table, but tries any other piece by piece."""
_FEW = 16
"""Different strange characters: so many are replaced one after the other, more by one walk through a text."""


@dataclass(frozen=True)
class View:
    text: str
    resumed: list[int]
    """Where in the view the text goes on as it is written, behind each piece that stands for something else;"""
    sources: list[tuple[int, int]]
    """what that piece is in the source."""

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the view (not empty), in the source."""
        return self._source(start)[0], self._source(end - 1)[1]

    def _source(self, place: int) -> tuple[int, int]:
        following = bisect_right(self.resumed, place)
        source = place
        if following:
            source += self.sources[following - 1][1] - self.resumed[following - 1]
        if following < len(self.sources) and source >= self.sources[following][0]:
            return self.sources[following]
        return source, source + 1


def needs_view(text: str) -> bool:
    """Whether a text holds anything that a view would change.

    >>> needs_view("ada@example.org"), needs_view("ada (at) example.org"), needs_view("100% of it \\u2014 yes")
    (False, True, True)
    """
    return bool(_strangers(text)) or _is_written_otherwise(text)


def _strangers(text: str) -> set[str]:
    """The characters of a text that look like others, or like nothing."""
    if text.isascii():
        return set()
    beyond = _ascii.sub("", text)
    return {*_STRANGE.findall(beyond), *_STRANGE_AND_RARE.findall(beyond)}


def _is_written_otherwise(text: str) -> bool:
    """Whether a text may hold escapes, words for marks, or what was spread over lines and blanks."""
    for mark, search in _MARKS:
        if mark in text and search(text):
            return True
    if _EIGHT_ONE_BY_ONE in text.encode("ascii", "replace").translate(_DIGITS_AND_DOTS) and _one_by_one(text):
        return True
    return _has_spoken_words(text) and _spoken_at(text) is not None


def _has_spoken_words(text: str) -> bool:
    low = text.lower()
    return any(word in low for word in SPOKEN_WORDS)


def view_of(text: str, most_pieces: int = sys.maxsize) -> View:
    """The text without its disguises. Raises TooManyPlaces where it has more than so many of them.

    >>> view = view_of("a%40b (at) \\uff11")
    >>> view.text, view.bounds(1, 2), view.bounds(3, 4), view.bounds(4, 5)
    ('a@b@1', (1, 4), (5, 11), (11, 12))
    """
    plain = _with_look_alikes(text)
    resumed: list[int] = []
    sources: list[tuple[int, int]] = []
    parts: list[str] = []
    position = size = 0
    for piece in _pieces(plain).finditer(plain):
        written = piece[0]
        if (shown := _shown(piece.lastgroup, written)) == written:
            continue
        bounds = begin, end = piece.span()
        parts += plain[position:begin], shown
        size += begin - position + len(shown)
        position = end
        resumed.append(size)
        sources.append(bounds)
        if len(resumed) > most_pieces:
            raise TooManyPlaces
    parts.append(plain[position:])
    return View("".join(parts), resumed, sources)


def _with_look_alikes(text: str) -> str:
    """As long as the text: what looks like nothing stays."""
    strangers = [stranger for stranger in _strangers(text) if LOOK_ALIKES.get(stranger)]
    if len(strangers) > _FEW:
        return text.translate(_PLAIN_CHARACTERS)
    for stranger in strangers:
        text = text.replace(stranger, LOOK_ALIKES[stranger])
    return text


def _pieces(plain: str) -> re.Pattern[str]:
    """What finds the pieces of a text that are to be undone."""
    if not _is_written_otherwise(plain if plain.isascii() else _zero_width.sub("", plain)):
        return _zero_width
    return _PIECE if _blank_piece(plain) or _has_spoken_words(plain) else _PIECE_AT_SIGN


@lru_cache(REMEMBERED)
def _shown(kind: str | None, written: str) -> str:
    """What a piece stands for: one character, or none."""
    match kind:
        case "gone" | "joint":
            return ""
        case "percent":
            shown = unquote(written)
            return _plain(shown) if len(shown) == 1 else written
        case "escape":
            return _plain(chr(int(written.lstrip("\\=ux"), 16)))
        case "blank":
            return " "
        case "plain":
            return written[1]
        case "entity":
            shown = unescape(written)
            return _plain(shown) if len(shown) == 1 else written
        case "at":
            return "@"
    return "."


def _plain(character: str) -> str:
    if character == "\0" or re.match(f"[{_ZERO_WIDTH}]", character):
        return ""
    return character.translate(_PLAIN_CHARACTERS)
