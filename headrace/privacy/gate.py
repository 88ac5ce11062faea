"""The accelerator: one linear pass of RE2 says which triggers have no place in a text, so that nobody looks for them.

A gate never decides that something is personal, only that something cannot be. So both back ends give the same
spans, provided that each finder's gate matches in every text in which a rule finds a value from its places (tested).
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_MEMORY_BYTES = 64 << 20
"""For the automaton's states: below 16 MB RE2 throws them away and starts anew all the time."""


class Gate:
    """Raises ImportError without google-re2."""

    def __init__(self, patterns: Sequence[str]) -> None:
        import re2

        options = re2.Options()
        options.max_mem = MAX_MEMORY_BYTES
        options.log_errors = False
        gates = re2.Set.SearchSet(options)
        for pattern in patterns:
            gates.Add(pattern)
        gates.Compile()
        self._match = gates.Match
        self._all = list(range(len(patterns)))

    def __call__(self, text: str) -> list[int]:
        """Which patterns match; all of them for a text that RE2 cannot read (lone surrogates)."""
        try:
            found: list[int] = self._match(text)
        except UnicodeEncodeError:
            return list(self._all)
        return found
