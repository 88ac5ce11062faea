"""Lines of plain and packed files, and files that are damaged."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from producers.lines import MAX_LINE_BYTES, Line, UnreadableFile, open_lines, read_lines


def lines_of(path: Path) -> list[Line]:
    with open_lines(path) as file:
        return list(read_lines(file, path.name))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_plain_and_gzip_are_told_apart_by_their_bytes(tmp_path: Path, pack: type[bytes]) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(pack(b'{"a": 1}\n\n  {"b": 2}'))
    assert lines_of(path) == [Line(1, b'{"a": 1}'), Line(3, b'{"b": 2}')]


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert lines_of(tmp_path / "empty") == []


def test_a_line_that_is_too_long_is_skipped_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"x" * (2 * MAX_LINE_BYTES) + b"\nshort\n")
    assert lines_of(path) == [Line(1, None), Line(2, b"short")]


def test_a_gzip_that_was_cut_short_says_after_which_line(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    packed = gzip.compress(b"".join(b"%d\n" % number for number in range(100_000)))
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UnreadableFile, match=r"cut.gz: damaged after line \d+"):
        lines_of(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="nowhere cannot be read: No such file"):
        open_lines(tmp_path / "nowhere")
