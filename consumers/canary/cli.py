"""`headrace canary`: whether a canary was ever seen where it may not be."""

from __future__ import annotations

from typing import Annotated

import typer

from headrace.settings import load

app = typer.Typer()


@app.command(epilog="Exit status 1 if there is any. Delete the file it names once the leak is dealt with.")
def canary(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List the canaries that were seen outside of raw: each is a leak."""
    from msgspec import json

    from consumers.canary.alerts import alerts, alerts_path

    settings = load()
    found = alerts(settings)
    for alert in found:
        typer.echo(json.encode(alert) if as_json else f"{alert.at:%Y-%m-%d %H:%M:%S}  {alert.kind} in {alert.place}")
    if not as_json:
        typer.echo(f"{len(found)} leaks, kept in {alerts_path(settings)}" if found else "no canary was seen", err=True)
    raise typer.Exit(1 if found else 0)
