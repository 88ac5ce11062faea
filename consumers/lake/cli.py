"""The lake's own command: `headrace rebuild`."""

from __future__ import annotations

import typer

from headrace.settings import load

app = typer.Typer()


@app.command(epilog="Then start the lake: it reads on from Kafka where the Parquet ends.")
def rebuild() -> None:
    """Make a lost or damaged store anew from the Parquet beside it."""
    from consumers.lake.rebuild import rebuild as make

    typer.echo(f"{make(load()):,} records; `headrace run lake` reads on from there")
