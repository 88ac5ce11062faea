"""The rules on plain text as a filter: one line in, one line out, in order. Nothing is stored, no key is needed."""

from __future__ import annotations

from collections import Counter
from io import BufferedIOBase

from headrace.privacy import Sanitizer

CHUNK_BYTES = 64 * 1024
"""A pipe's buffer: whole lines that wait in it are looked through together."""


def sanitize_lines(source: BufferedIOBase, target: BufferedIOBase, sanitizer: Sanitizer) -> Counter[str]:
    """Copies lines with placeholders for personal data; returns how many values of each kind were replaced.

    Bytes that are no UTF-8 and line ends are kept as they are. Lines go out before more are waited for.

    >>> import io
    >>> source, target = io.BytesIO(b"ada@example.org\\nno\\n"), io.BytesIO()
    >>> sanitize_lines(source, target, Sanitizer()), target.getvalue()
    (Counter({'email': 1}), b'[EMAIL]\\nno\\n')
    """
    findings = Counter[str]()
    rest = b""
    while chunk := source.read1(CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        if lines:
            clean = _clean(lines, sanitizer, findings)
            target.write(b"".join(line + b"\n" for line in clean))
            target.flush()
    if rest:
        target.write(*_clean([rest], sanitizer, findings))
        target.flush()
    return findings


def _clean(lines: list[bytes], sanitizer: Sanitizer, findings: Counter[str]) -> list[bytes]:
    texts, found = sanitizer.texts([line.decode("utf-8", "surrogateescape") for line in lines])
    findings.update(found)
    return [text.encode("utf-8", "surrogateescape") for text in texts]
