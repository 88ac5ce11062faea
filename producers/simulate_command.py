"""`headrace simulate`: the thin shell around the simulator."""

from __future__ import annotations

import gzip
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any, cast

import msgspec
import typer

from headrace.codec import encode_json
from headrace.events import Feedback, ProductionInteraction
from headrace.settings import Settings
from producers.pace import paced
from producers.progress import progress_bar
from producers.publish import publish
from producers.simulator import Plan, simulate

Event = ProductionInteraction | Feedback
Advance = Callable[[int], object]
Sink = Callable[[Iterator[Event], Advance], dict[str, Any]]
"""Takes the events somewhere and gives an account of it."""


def run(plan: Plan, sink: Sink, truth: Path | None, as_json: bool) -> bool:
    """Makes the plan's events, passes them to `sink`, and prints the account; whether all arrived."""
    made: Counter[str] = Counter()
    with progress_bar(as_json) as bar, _lines(truth) as truth_file:
        task = bar.add_task("interactions", total=plan.interactions)
        account = sink(_events(plan, made, truth_file), lambda _: bar.update(task, completed=made["interaction"]))
    account |= {name: made[name] for name in ("interaction", "feedback", "resent")}
    _print(account, as_json)
    return not account.get("missing")


def to_kafka(settings: Settings, rate: float) -> Sink:
    """Publishes through the client."""

    def sink(events: Iterator[Event], advance: Advance) -> dict[str, Any]:
        published = publish(settings, events, rate, advance)
        return {**msgspec.to_builtins(published), "missing": published.logged - published.delivered}

    return sink


def to_file(path: Path, rate: float) -> Sink:
    """Writes JSON lines, gzip if the name ends in .gz."""

    def sink(events: Iterator[Event], advance: Advance) -> dict[str, Any]:
        started, written = time.monotonic(), 0
        with _lines(path) as file:
            for chunk in paced(events, rate):
                file.writelines(encode_json(event) + b"\n" for event in chunk)
                written += len(chunk)
                advance(len(chunk))
        return {"written": written, "file": str(path), "seconds": round(time.monotonic() - started, 3)}

    return sink


def _events(plan: Plan, made: Counter[str], truth_file: IO[bytes] | None) -> Iterator[Event]:
    if truth_file:
        truth_file.write(encode_json(plan.drift) + b"\n")
    for event, truth in simulate(plan):
        if truth_file:
            truth_file.write(encode_json(truth) + b"\n")
        made[str(truth.__struct_config__.tag)] += 1
        yield event


def _lines(path: Path | None) -> AbstractContextManager[IO[bytes] | Any]:
    if path is None:
        return nullcontext()
    return cast(IO[bytes], gzip.open(path, "wb", compresslevel=6)) if path.suffix == ".gz" else path.open("wb")


def _print(account: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(account).decode())
        return
    made = (
        f"{account['interaction']:,} interactions ({account['resent']:,} of them sent twice) "
        f"and {account['feedback']:,} pieces of feedback"
    )
    if "file" in account:
        typer.echo(f"{made} written to {account['file']} in {account['seconds']:.1f} s")
        return
    typer.echo(
        f"{made}: {account['delivered']:,} events delivered in {account['seconds']:.1f} s "
        f"({account['events_per_s']:,}/s), {account['missing']:,} not"
    )
