"""The command line of A/B tests: `headrace experiment`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics.experiments.framework import Report

app = typer.Typer()


@app.command(epilog="Read it as often as you like: it changes once a day (UTC), and its error rate holds.")
def experiment(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
) -> None:
    """Tell which of two versions is better by `retraining.deciding_metric`, and what to do about it."""
    from analytics.experiments.running import report as read
    from analytics.live import connect
    from headrace.commands.output import print_json
    from headrace.errors import ConfigError
    from headrace.settings import load

    settings = load()
    with connect(settings) as store:
        report = read(settings, store)
    if report is None:
        raise ConfigError("no experiment is running; `headrace models promote VERSION` starts one")
    print_json(report) if as_json else _print(report)


def _print(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    about, days = report.experiment, len(report.reading.looks)
    table = Table("metric", about.control, f"{about.candidate} ({about.share:.0%})", "difference", header_style="bold")
    for row in report.reading.comparisons:
        interval = f"{row.difference:+.3g} ({row.lower:+.3g} to {row.upper:+.3g})"
        table.add_row(row.metric, f"{row.control:.4g}", f"{row.candidate:.4g}", interval)
    table.caption = f"{about.name}: day {days} of {report.reading.plan.looks}"
    Console().print(table)
    Console().print(f"[bold]{report.action}[/bold]: {report.reason}")
