"""The commands of the producers: `headrace emit` and `headrace simulate`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()

Rate = Annotated[float, typer.Option(min=0, help="Events a second; 0 is as fast as the broker takes them.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]

EMIT_EPILOG = """Fields with our names are taken as they are (`user_query`, `response`, `latency_ms`, …), and
so are some common ones (`question`, `answer`, `agent`, `conversation_id`, `rating`, `id`). Whatever is
left goes to `metadata`. A line with a `type` is an event of ours and is published as it is.

A line that has an id and a timestamp is stored once, however often it is emitted.

Exit status: 0 when every line was published, 1 when a line was refused or not delivered.

Example: `headrace emit chats.jsonl.gz --map user_query=turn.text --constant agent_selected=helpdesk`
"""


@app.command(epilog=EMIT_EPILOG)
def emit(
    file: Annotated[Path, typer.Argument(help="JSON lines, plain or gzip; - is stdin.")],
    maps: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=PATH: our field from their (dotted) path; repeatable.")
    ] = None,
    constants: Annotated[
        list[str] | None, typer.Option("--constant", help="FIELD=VALUE: the same in every event; repeatable.")
    ] = None,
    rate: Rate = 0,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after this many lines.")] = None,
    bad: Annotated[
        Path | None, typer.Option(help="Write number, reason and path of each refused line here, as JSON lines.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish the lines of a file as interactions."""
    from headrace.settings import load
    from producers.emit_command import emit_file
    from producers.mapping import assignments, event_reader

    read = event_reader(assignments(maps or [], "--map"), assignments(constants or [], "--constant"))
    complete = emit_file(load(), file, read, rate=rate, limit=limit, bad=bad, as_json=as_json)
    raise typer.Exit(0 if complete else 1)


@app.command(
    epilog="The same seed and start give the same events, to the byte. All text and personal data are made up. "
    "Exit status: 0 when the broker has every event, 1 otherwise."
)
def simulate(
    interactions: Annotated[int, typer.Option(min=1, help="How many; feedback on them comes on top.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another seed, other traffic.")] = 0,
    rate: Rate = 0,
    start: Annotated[
        datetime | None, typer.Option(help="Time of the first event, UTC; by default the last one is now.")
    ] = None,
    days: Annotated[float, typer.Option(min=0.1, help="How long the traffic lasts, in event time.")] = 28,
    truth: Annotated[Path | None, typer.Option(help="Write what was planted here, as JSON lines.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the events to this .jsonl or .jsonl.gz instead of publishing them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish made-up traffic: sessions, late ratings, personal data, failures of each kind, and a drift."""
    from headrace.settings import load
    from producers.simulate_command import run, to_file, to_kafka
    from producers.simulator import Plan

    span = timedelta(days=days)
    first = start.replace(tzinfo=start.tzinfo or UTC) if start else datetime.now(UTC) - span
    plan = Plan(seed=seed, interactions=interactions, start=first.replace(microsecond=0), span=span)
    complete = run(plan, to_file(out, rate) if out else to_kafka(load(), rate), truth, as_json)
    raise typer.Exit(0 if complete else 1)
