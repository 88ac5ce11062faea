"""Text that comes in pieces, as from a model, sanitized as it comes.

The last `HELD_BACK` characters wait, because what follows them may make a value of them. A value that is longer
is decided by its beginning (a private key, a web token, a vendor's key): its placeholder goes out and the rest of it
is swallowed. What has gone out stays in sight, masked where it held a value, as the words around what comes.
"""

from __future__ import annotations

from collections.abc import Callable

from headrace.privacy.rule import MASK, Span

HELD_BACK = 512
"""Characters; enough to decide any value but the open-ended, with the words behind it."""
IN_SIGHT = 128
"""Characters that have gone out and are still looked at: twice what a context word may be away."""


class TextStream:
    """`feed` pieces of a text, `flush` at its end: what comes out together is the text sanitized.

    >>> from headrace.privacy import Sanitizer
    >>> stream = Sanitizer().stream()
    >>> stream.feed("mail ada@exam") + stream.feed("ple.org now") + stream.flush()
    'mail [EMAIL] now'
    """

    def __init__(self, find: Callable[[str], list[Span]], write: Callable[[str, str], str], early: bool = True) -> None:
        self._find, self._write, self._early = find, write, early
        """A placeholder that depends on the value has to wait for its end."""
        self._seen = ""
        """Gone out, with MASK for what was replaced."""
        self._held = ""
        self._announced = False
        """Whether the placeholder of the value that `_held` begins with has gone out."""

    def feed(self, chunk: str) -> str:
        """What is certain of the text so far and has not gone out yet."""
        self._held += chunk
        return self._released(len(self._held) - HELD_BACK) if len(self._held) > HELD_BACK else ""

    def flush(self) -> str:
        """The rest; the stream begins anew."""
        rest = self._released(len(self._held))
        self._seen = ""
        return rest

    def _released(self, until: int) -> str:
        """Sends out what begins before `until`, but of a value that reaches past it no more than the placeholder."""
        offset = len(self._seen)
        out: list[str] = []
        masked: list[str] = []
        position = 0
        for found in self._find(self._seen + self._held):
            start, end = found.start - offset, found.end - offset
            if start >= until:
                break
            if start < position:
                continue
            plain = self._held[position:start]
            out.append(plain)
            masked.append(plain)
            position = start
            if end > until:
                until = start
                if self._early and not self._announced:
                    out.append(self._write(found.kind, self._held[start:end]))
                    self._announced = True
                break
            if not self._announced:
                out.append(self._write(found.kind, self._held[start:end]))
            self._announced = False
            masked.append(MASK * (end - start))
            position = end
        plain = self._held[position:until]
        self._seen = (self._seen + "".join(masked) + plain)[-IN_SIGHT:]
        self._held = self._held[max(position, until) :]
        return "".join((*out, plain))
