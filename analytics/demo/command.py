"""The command line of the demo."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer()

EPILOG = """The broker, the topics, the id key and the database are the demo's own, in .headrace/demo.
With HEADRACE_BOOTSTRAP_SERVERS set, that cluster is used and loses the demo's topics at the end.

Try this while it runs: kill -9 one of the process ids it shows. Nothing will be missing.

Exit status: 0 when the audit ends with 0 unexplained, 1 otherwise.
"""


@app.command(epilog=EPILOG)
def demo(
    data: Annotated[
        Path | None, typer.Option(help="Publish this file (JSON lines, plain or gzip) instead of made-up traffic.")
    ] = None,
    interactions: Annotated[int, typer.Option(min=1, help="How many to make up.")] = 100_000,
    rate: Annotated[float, typer.Option(min=0, help="Events a second; 0 is as fast as it goes.")] = 0,
    keep: Annotated[bool, typer.Option(help="Leave broker and topics, and say how to query.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
) -> None:
    """Run the whole pipeline once, on made-up traffic or a file, and account for every event."""
    from rich.console import Console

    from analytics.audit.report import lines
    from analytics.demo.report import show
    from analytics.demo.run import demo as run

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: its services and broker end with it
    _require_readable(data)
    console = Console(stderr=as_json)
    found, report = run(console, data, interactions, rate, keep)
    if as_json:
        _print_json({"figures": found, "audit": report})
    else:
        show(found, console)
        console.print("\n[bold]Audit[/]")
        if keep:
            _print_next()
        for line in lines(report):
            typer.echo(line)
    raise typer.Exit(0 if report.unexplained == 0 else 1)


def _require_readable(data: Path | None) -> None:
    """Before a broker is started for nothing."""
    from headrace.errors import ConfigError

    try:
        if data is not None:
            data.open("rb").close()
    except OSError as error:
        raise ConfigError(f"{data} cannot be read: {error.strerror}") from None


def _print_json(value: Any) -> None:
    from headrace.commands.output import print_json

    print_json(value)
    sys.stdout.flush()


def _print_next() -> None:
    from analytics.demo.run import FOLDER

    folder = FOLDER.absolute()
    typer.echo(
        "The broker runs on. To look around:\n"
        f"  export HEADRACE_CONFIG={folder}/headrace.yaml HEADRACE_ID_KEY_FILE={folder}/headrace.key\n"
        '  headrace sql "SELECT agent_selected, count(*) FROM interactions GROUP BY 1"\n'
        f"  headrace broker stop --folder {folder}/broker\n"
    )
