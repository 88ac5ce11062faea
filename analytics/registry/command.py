"""The command line of the registry: `headrace models`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from analytics.registry import Manifest, Registry
    from headrace.states import State

app = typer.Typer()
models = typer.Typer(invoke_without_command=True, epilog="Example: headrace models promote 7-1f3a9c20")
app.add_typer(models, name="models")

Model = Annotated[str, typer.Option(help="`router`, or `rag_index`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for each version.")]
StatesAsJson = Annotated[bool, typer.Option("--json", help="Print what agents were told as one JSON object.")]
Version = Annotated[str, typer.Argument(help="As `headrace models` shows it.")]


@models.callback()
def show(context: typer.Context, model: Model = "router", as_json: AsJson = False) -> None:
    """List the trained versions: which one is used, how good each is, and where it came from."""
    if context.invoked_subcommand is None:
        from headrace.commands.output import print_json

        rows = _rows(_registry(model))
        if as_json:
            for row in rows:
                print_json(row)
        else:
            _print(rows)


@models.command()
def promote(
    version: Version,
    model: Model = "router",
    at_once: Annotated[bool, typer.Option("--now", help="All traffic at once, without an A/B test.")] = False,
    share: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Of users; again with more, to ramp.")] = None,
    as_json: StatesAsJson = False,
) -> None:
    """Put a version into production; with `enable_ab_test` it first gets its share of traffic."""
    from headrace.settings import load

    registry, retraining = _registry(model), load().continual_learning.retraining
    held = registry.current().production
    if held is None or at_once or model != "router" or not retraining.enable_ab_test:
        _say(registry.promote(version), f"{model} {version} is in production", as_json)
        return
    share, unit = share or retraining.candidate_share, retraining.experiment_unit
    words = (
        f"{model} {version} gets {share:.0%} of {unit}s against {held.version}\n"
        f"`headrace experiment` tells which is better, for {retraining.planned_days} days"
    )
    _say(registry.compare(version, share, unit=unit), words, as_json)


@models.command()
def rollback(model: Model = "router", as_json: StatesAsJson = False) -> None:
    """Bring back the version that was in production before; agents take it over while they run."""
    registry = _registry(model)
    states = registry.roll_back()
    held = registry.current().production
    _say(states, f"{model} {held.version if held else ''} is in production again", as_json)


@models.command()
def announce(model: Model = "router", as_json: StatesAsJson = False) -> None:
    """Tell all agents again what holds: after the broker was away, or its topics were made anew."""
    _say(_registry(model).holding(), "announced", as_json)


def _registry(model: str) -> Registry:
    from analytics.registry import registry_of
    from headrace.settings import load

    return registry_of(load(), model)


def _say(states: list[State], words: str, as_json: bool) -> None:
    """Tells agents, then whoever asked."""
    from headrace.commands.output import print_json
    from headrace.errors import BrokerUnavailable, Retriable
    from headrace.settings import load
    from headrace.states import publish

    try:
        publish(load().kafka, states)
    except BrokerUnavailable as error:
        raise Retriable(
            f"noted, but agents do not know it yet; `headrace models announce` tells them: {error}"
        ) from None
    print_json({"states": states}) if as_json else typer.echo(words)


def _rows(registry: Registry) -> list[dict[str, Any]]:
    held = registry.current()
    production = held.production.version if held.production else None
    candidate = held.experiment.experiment.candidate if held.experiment else None
    return [_row(manifest, production, candidate) for manifest in registry.manifests()]


def _row(manifest: Manifest, production: str | None, candidate: str | None) -> dict[str, Any]:
    used = {production: "production", candidate: "candidate"}
    return {
        "version": manifest.version,
        "stage": used.get(manifest.version, "" if manifest.accepted else "refused"),
        "created_at": manifest.created_at,
        "metrics": manifest.metrics,
        "events": manifest.lineage.events,
        "parent": manifest.lineage.parent,
        "dataset": manifest.lineage.dataset,
        "run": manifest.lineage.run,
        "reasons": manifest.reasons,
    }


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("version", "stage", "made", "interactions", "measured", "why refused", header_style="bold")
    for row in rows:
        measured = ", ".join(f"{name} {value:.3f}" for name, value in row["metrics"].items())
        made = f"{row['created_at']:%Y-%m-%d %H:%M}"
        table.add_row(row["version"], row["stage"], made, f"{row['events']:,}", measured, "; ".join(row["reasons"]))
    Console().print(table if rows else "no version was trained yet: `headrace retrain`")
