"""The command line of the audit."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer()

EPILOG = """For each producer: sent = stored + duplicate + rejected + dropped by a named policy. For each
partition of raw: records = clean + rejected. An open producer, one that has not said how it ended, is
named; what it gave out within the last minute may still be on its way.

Exit status: 0 when nothing is unexplained, 1 when something is, or when a stage does not catch up.
"""


@app.command(epilog=EPILOG)
def audit(
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole account as one JSON object.")] = False,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds to wait for each stage to catch up.")] = 60.0,
) -> None:
    """Account for every event that was sent up to now."""
    from analytics.audit.query import connect
    from analytics.audit.report import lines
    from analytics.audit.run import audit as run
    from headrace.commands.output import print_json
    from headrace.settings import load

    settings = load()
    report = run(settings, connect(settings), timeout)
    if as_json:
        print_json(report)
    else:
        for line in lines(report):
            typer.echo(line)
    raise typer.Exit(0 if report.unexplained == 0 else 1)
