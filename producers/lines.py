"""JSON lines from a file or stdin, plain or gzip, told apart by the first bytes."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import IO, NamedTuple, cast

from headrace.errors import Fatal

STDIN = Path("-")
GZIP_MAGIC = b"\x1f\x8b"
MAX_LINE_BYTES = 4 * 1024 * 1024
"""Four times the largest event: JSON escapes may triple a text. A longer line is skipped, not held."""


class Line(NamedTuple):
    """A line's number (from 1) and its bytes; None where it was longer than MAX_LINE_BYTES."""

    number: int
    content: bytes | None


class UnreadableFile(Fatal):
    """The input cannot be opened, or is damaged; the message names the file."""


def open_lines(path: Path) -> IO[bytes]:
    """The file, unpacked where it is gzip; `-` is stdin. Raises UnreadableFile."""
    try:
        raw = cast(BufferedReader, sys.stdin.buffer if path == STDIN else path.open("rb"))
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}") from None
    return cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if raw.peek(2)[:2] == GZIP_MAGIC else raw


def read_lines(file: IO[bytes], name: str) -> Iterator[Line]:
    """Every line that is not blank. Raises UnreadableFile where a gzip file is cut short or damaged."""
    number = 0
    try:
        while chunk := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(chunk) > MAX_LINE_BYTES:
                _skip_rest(file, chunk)
                yield Line(number, None)
            elif chunk := chunk.strip():
                yield Line(number, chunk)
    except (EOFError, OSError):
        raise UnreadableFile(f"{name}: damaged after line {number}; the lines before it were read") from None


def _skip_rest(file: IO[bytes], chunk: bytes) -> None:
    while chunk and not chunk.endswith(b"\n"):
        chunk = file.readline(MAX_LINE_BYTES)
