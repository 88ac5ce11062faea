"""The command line of the analysts: `sql` and `export`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

DAY = "%Y-%m-%d"

app = typer.Typer()


@app.command(epilog='Example: headrace sql "SELECT * FROM agent_days ORDER BY day DESC LIMIT 10"')
def sql(
    statement: Annotated[str, typer.Argument(help="One SELECT over the store's tables and views.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each row.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a header line.")] = False,
) -> None:
    """Ask the store: live through the lake while it runs, from the file while it does not."""
    from analytics.live import connect
    from analytics.printing import print_csv, print_json_lines, print_table
    from headrace.settings import load

    with connect(load()) as store:
        answer = store.query(statement)
        if as_json:
            print_json_lines(answer)
        elif as_csv:
            print_csv(answer)
        else:
            print_table(answer)


@app.command(epilog="Example: headrace export --to march/ --from 2026-03-01 --to-day 2026-03-31")
def export(
    to: Annotated[Path, typer.Option(help="FILE.parquet, FILE.json.gz, or a folder: one Parquet file for each day.")],
    table: Annotated[str, typer.Option(help="interactions, feedback, labels, rejected, …")] = "interactions",
    from_day: Annotated[datetime | None, typer.Option("--from", formats=[DAY], help="First day (UTC).")] = None,
    to_day: Annotated[datetime | None, typer.Option(formats=[DAY], help="Last day (UTC), included.")] = None,
) -> None:
    """Copy rows of the store into files, while the lake runs or not."""
    from rich.progress import Progress

    from analytics import export as exporting
    from analytics.live import connect
    from analytics.privacy.copies import note
    from headrace.settings import load

    settings = load()
    chosen = exporting.table_named(table)
    with connect(settings) as store, Progress(transient=True) as bar:
        first, last = (day.date() if day else None for day in (from_day, to_day))
        parts = exporting.slices(store, chosen, first, last, settings.store.query_rows)
        task = bar.add_task(table, total=sum(part.rows for part in parts))
        note(settings, to)
        rows = exporting.export(store, chosen, parts, to, lambda count: bar.advance(task, count))
    typer.echo(f"{rows:,} rows of {table} in {to}")
