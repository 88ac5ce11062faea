"""Stops the sanitizer where everything is rejected: that is a bad release or setting, not bad records.

Rejecting on would empty raw into `rejected`, to be replayed by hand. The transaction at hand is not committed, and a
file tells the next start to stop at the first rejection, unless an accepted record comes before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from headrace.errors import Fatal, Reason


class RejectionLimit:
    """Counts records rejected in a row, by transaction; allows any number where `allowed` is 0."""

    def __init__(self, path: Path, allowed: int) -> None:
        self._path, self._allowed = path, allowed
        self._settled = self._in_a_row = allowed - 1 if path.exists() else 0

    def take(self, reasons: Sequence[Reason | None]) -> None:
        """Takes what became of the next records, None where one was accepted. Raises Fatal at the limit."""
        self._in_a_row = _in_a_row(self._in_a_row, reasons)
        if self._allowed and self._in_a_row >= self._allowed:
            self._path.touch(mode=0o600)
            raise Fatal(
                f"the last {self._in_a_row} records or more were all rejected, the last one as {reasons[-1]}: look at "
                "what was released or set last, on the agents' side and on this one. Nothing of the last batch was "
                "rejected yet. To reject them all the same, set sanitizer.rejected_in_a_row to 0"
            )

    def commit(self) -> None:
        """What was taken since the last commit has become visible."""
        self._settled = self._in_a_row
        self._path.unlink(missing_ok=True)

    def rewind(self) -> None:
        """What was taken since the last commit will come again."""
        self._in_a_row = self._settled


def _in_a_row(before: int, reasons: Sequence[Reason | None]) -> int:
    """Rejections since the last accepted record.

    >>> _in_a_row(7, [Reason.TOO_LONG, Reason.TOO_LONG]), _in_a_row(7, [None, Reason.TOO_LONG])
    (9, 1)
    """
    since = next((number for number, reason in enumerate(reversed(reasons)) if reason is None), None)
    return before + len(reasons) if since is None else since
