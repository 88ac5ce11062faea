"""The command line of the analysts: `sql` and `export`."""

from __future__ import annotations

from typing import Annotated

import typer

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
