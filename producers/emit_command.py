"""`headrace emit`: the thin shell around reading, publishing and telling what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

import msgspec
import typer

from headrace.events import AnyEvent
from headrace.settings import Settings
from producers.emit import BadLine, Intake
from producers.lines import open_lines, read_lines
from producers.progress import progress_bar
from producers.publish import Published, publish

SHOWN_BAD_LINES = 20
"""Enough to see a pattern; --bad has them all."""


def emit_file(
    settings: Settings,
    file: Path,
    read: Callable[[bytes], AnyEvent],
    *,
    rate: float,
    limit: int | None,
    bad: Path | None,
    as_json: bool,
) -> bool:
    """Publishes the file's lines and prints the account; whether every line was taken and delivered."""
    with _bad_lines(bad, as_json) as on_bad, open_lines(file) as source, progress_bar(as_json) as bar:
        intake = Intake(read, on_bad)
        advance = partial(bar.advance, bar.add_task("published", total=limit))
        published = publish(settings, intake.events(islice(read_lines(source, str(file)), limit)), rate, advance)
    _print(published, intake, as_json)
    return published.is_complete and not intake.reasons


@contextmanager
def _bad_lines(path: Path | None, quiet: bool) -> Iterator[Callable[[BadLine], None]]:
    file: IO[bytes] | None = path.open("wb") if path else None
    shown = 0

    def tell(bad: BadLine) -> None:
        nonlocal shown
        shown += 1
        if file:
            file.write(msgspec.json.encode(bad) + b"\n")
        if not quiet and shown <= SHOWN_BAD_LINES:
            more = "; further ones are only counted" if shown == SHOWN_BAD_LINES and not file else ""
            typer.echo(f"line {bad.line}: refused: {bad.reason.value} at {bad.path}{more}", err=True)

    try:
        yield tell
    finally:
        if file:
            file.close()


def _print(published: Published, intake: Intake, as_json: bool) -> None:
    refused = dict(intake.reasons)
    if as_json:
        account = {"lines": intake.lines, "refused": refused, **msgspec.to_builtins(published)}
        typer.echo(msgspec.json.encode(account).decode())
        return
    typer.echo(
        f"{intake.lines:,} lines: {published.delivered:,} delivered in {published.seconds:.1f} s "
        f"({published.events_per_s:,}/s), {sum(refused.values()):,} refused"
    )
    for reason, count in sorted(refused.items()):
        typer.echo(f"  refused, {reason}: {count:,}")
    for policy, count in sorted(published.dropped.items()):
        typer.echo(f"  dropped, {policy}: {count:,}")
