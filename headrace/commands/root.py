"""The root of the command line, with the commands of every room that is installed."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points, version

import typer

from headrace.commands import bench, broker, init, services, tail, topics

COMMANDS_GROUP = "headrace.commands"

HELP = "Continual learning for LLM agents on your own Kafka and DuckDB."
EPILOG = """First steps:

`headrace init` writes headrace.yaml and an id key

`headrace broker start` runs a Kafka on this machine

`headrace topics create` makes the topics

`headrace up` runs all services; Ctrl-C drains them

`headrace simulate --interactions 1000` publishes made-up traffic

`headrace audit` proves that none of it is missing
"""

app = typer.Typer(
    help=HELP,
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"headrace {version('headrace')}")
        raise typer.Exit


@app.callback()
def _root(
    _version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    """Continual learning for LLM agents on your own Kafka and DuckDB."""


def _add_room(room: EntryPoint) -> None:
    """A room that lacks a library keeps quiet in --help and says so here; the others go on."""
    try:
        app.add_typer(room.load())
    except ImportError as error:
        print(f"headrace: the commands of {room.name} are not available: {error}", file=sys.stderr)


for command_app in (init.app, broker.app, topics.app, services.app, tail.app, bench.app):
    app.add_typer(command_app)
for entry_point in entry_points(group=COMMANDS_GROUP):
    _add_room(entry_point)
