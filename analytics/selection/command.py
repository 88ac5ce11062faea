"""The command line of selections: `headrace select`."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer()

STRATEGIES = "uncertainty, diversity, failure, hybrid or random"
MEASURES = "What unsure means: least_confidence, margin or entropy"


@app.command(epilog="Example: headrace select --budget 20 --strategy failure. Then: headrace label")
def select(
    budget: Annotated[int | None, typer.Option(min=1, help="How many; as in the settings unless given.")] = None,
    strategy: Annotated[str | None, typer.Option(help=f"{STRATEGIES}; as in the settings unless given.")] = None,
    measure: Annotated[str | None, typer.Option(help=f"{MEASURES}; as in the settings unless given.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed on the same store gives the same choice.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be chosen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the selection as one JSON object.")] = False,
) -> None:
    """Choose the interactions from which a model would learn most, and queue them for annotators."""
    from analytics.progress import working
    from analytics.selection.cycle import next_cycle
    from analytics.selection.printing import print_selection
    from analytics.selection.selector import measure_named, strategy_named
    from headrace.commands.output import print_json
    from headrace.settings import load

    wanted, unsure = strategy_named(strategy), measure_named(measure)
    with working("choosing", shown=not as_json):
        selection = next_cycle(load(), budget, wanted, seed, measure=unsure, dry_run=dry_run)
    print_json(selection) if as_json else print_selection(selection)
