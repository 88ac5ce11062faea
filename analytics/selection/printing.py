"""A selection as a table."""

from __future__ import annotations

from headrace.decisions import Selection


def print_selection(selection: Selection) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        header_style="bold",
        caption=f"{len(selection.selected)} of {selection.open_rows:,} by {selection.strategy}, seed {selection.seed}",
    )
    table.add_column("interaction")
    table.add_column("why")
    for selected in selection.selected:
        table.add_row(selected.interaction_id, selected.reason)
    Console().print(table)
