"""`headrace bench`: the benchmarks that the rooms bring, imported only when one is asked for."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer
from typer.core import TyperGroup

BENCHMARKS_GROUP = "headrace.benchmarks"


class Benchmarks(TyperGroup):
    """A group whose commands are entry points."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return sorted(_entry_points())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        entry_point = _entry_points().get(cmd_name)
        return _command(entry_point) if entry_point else None


def _entry_points() -> dict[str, EntryPoint]:
    return {entry_point.name: entry_point for entry_point in entry_points(group=BENCHMARKS_GROUP)}


def _command(entry_point: EntryPoint) -> Any:
    single = typer.Typer(pretty_exceptions_enable=False)
    single.command(entry_point.name)(entry_point.load())
    return typer.main.get_command(single)


app = typer.Typer()
bench = typer.Typer(cls=Benchmarks, no_args_is_help=True)
app.add_typer(bench, name="bench", help="Measure a part of the system on this machine.")


@bench.callback()
def _bench() -> None:
    """Measure a part of the system on this machine; `--json` prints one object for programs."""
