"""Terms that a user wants gone: found as whole words, in any case and script, next to any punctuation.

Each word of a text is looked up once, so thousands of terms cost as little as one. In scripts without blanks between
words (Chinese, Japanese, Thai …) a term is found inside of others too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from headrace.privacy.rule import Span

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]"
)
RULE = "deny_list"


class Terms:
    """Terms of one kind each.

    >>> terms = Terms({"Project Falcon": "codename", "C++": "language", "王伟": "name"})
    >>> sorted(span[:2] for span in terms.spans("(project  FALCON), C++; 我是王伟。 falcons"))
    [(1, 16), (19, 22), (26, 28)]
    """

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self.kinds = set(kinds.values())
        self._by_word: dict[str, list[_Term]] = defaultdict(list)
        self._inside: list[tuple[re.Pattern[str], str]] = []
        for term, kind in kinds.items():
            word = _WORD.search(term)
            if word is None or _UNSPACED.search(term):
                self._inside.append((re.compile(re.escape(term), re.IGNORECASE), kind))
            else:
                self._by_word[word[0].casefold()].append(
                    _Term(term[: word.start()], _whole(term[word.start() :]), kind)
                )

    def spans(self, text: str) -> list[Span]:
        """Where terms stand, in no order; they may overlap."""
        found = [Span(*match.span(), kind, RULE) for term, kind in self._inside for match in term.finditer(text)]
        if self._by_word:
            for word in _WORD.finditer(text):
                for term in self._by_word.get(word[0].casefold(), ()):
                    if (match := term.rest.match(text, word.start())) and text.endswith(term.lead, 0, word.start()):
                        found.append(Span(word.start() - len(term.lead), match.end(), term.kind, RULE))
        return found


class _Term(NamedTuple):
    lead: str
    """Punctuation before the first word."""
    rest: re.Pattern[str]
    kind: str


def _whole(term: str) -> re.Pattern[str]:
    words = r"[^\S\0]{1,3}".join(map(re.escape, term.split()))
    return re.compile(words + (r"(?!\w)" if term[-1] == "_" or term[-1].isalnum() else ""), re.IGNORECASE)
