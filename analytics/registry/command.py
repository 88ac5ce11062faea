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
) -> None:
    """Put a version into production; with `enable_ab_test` it first gets its share of traffic."""
    from headrace.settings import load

    registry, retraining = _registry(model), load().continual_learning.retraining
    held = registry.current().production
    if held is None or at_once or model != "router" or not retraining.enable_ab_test:
        _announce(registry.promote(version))
        typer.echo(f"{model} {version} is in production")
    else:
        _announce(registry.compare(version, retraining.candidate_share))
        typer.echo(f"{model} {version} gets {retraining.candidate_share:.0%} of users against {held.version}")
        typer.echo(f"`headrace experiment` tells which is better, for {retraining.planned_days} days")


@models.command()
def rollback(model: Model = "router") -> None:
    """Bring back the version that was in production before; agents take it over while they run."""
    registry = _registry(model)
    _announce(registry.roll_back())
    held = registry.current().production
    typer.echo(f"{model} {held.version if held else ''} is in production again")


@models.command()
def announce(model: Model = "router") -> None:
    """Tell all agents again what holds: after the broker was away, or its topics were made anew."""
    from headrace.settings import load

    _registry(model).announce(load().kafka)
    typer.echo("announced")


def _registry(model: str) -> Registry:
    from analytics.registry import registry_of
    from headrace.settings import load

    return registry_of(load(), model)


def _announce(states: list[State]) -> None:
    from headrace.errors import BrokerUnavailable, Retriable
    from headrace.settings import load
    from headrace.states import publish

    try:
        publish(load().kafka, states)
    except BrokerUnavailable as error:
        raise Retriable(
            f"noted, but agents do not know it yet; `headrace models announce` tells them: {error}"
        ) from None


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
