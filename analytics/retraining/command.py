"""The command line of retraining: `headrace retrain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics.retraining.pipeline import Outcome

app = typer.Typer()


@app.command(epilog="Exit status: 0 when a version was accepted or none is due, 1 when the gate refused it.")
def retrain(
    at_once: Annotated[bool, typer.Option("--now", help="Also when the schedule says it is not time yet.")] = False,
    release: Annotated[bool, typer.Option(help="Put an accepted version to use, as the settings say.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON object.")] = False,
) -> None:
    """Train the router on what the store has learnt, judge it, and put it to use if it breaks nothing."""
    import asyncio

    from analytics.progress import working
    from analytics.retraining.pipeline import IncrementalRetrainingPipeline
    from headrace.commands.output import print_json
    from headrace.settings import load

    pipeline = IncrementalRetrainingPipeline(load())
    answer = pipeline.stands()
    if not (at_once or answer.is_due):
        print_json({"version": None, "reason": answer.reason}) if as_json else typer.echo(answer.reason)
        return
    with working("beginning", shown=not as_json) as tell:
        outcome = asyncio.run(pipeline.retrain(tell=tell))
        done = pipeline.release(outcome) if release else outcome.version
    print_json(outcome) if as_json else _print(outcome, done)
    raise typer.Exit(0 if outcome.accepted else 1)


def _print(outcome: Outcome, done: str) -> None:
    from rich.console import Console
    from rich.table import Table

    measured = outcome.evaluation
    table = Table("slice", "turns", "before", "after", "95 % interval", header_style="bold")
    for name, score in measured.after.items():
        before = "" if measured.before is None else f"{measured.before[name].value:.3f}"
        table.add_row(name, str(score.rows), before, f"{score.value:.3f}", f"{score.lower:.3f} to {score.upper:.3f}")
    table.caption = f"{outcome.examples:,} examples, {outcome.held_out:,} later ones held out"
    Console().print(table)
    Console().print(done)
