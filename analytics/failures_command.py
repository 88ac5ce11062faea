"""The command line of failures: `headrace failures list`, `show`, `plot` and `resolve`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from consumers.failures.analyzer import FailureReport
    from consumers.failures.report import ClusterReport

DAY = "%Y-%m-%d"
FileOption = Annotated[Path | None, typer.Option("--file", help="Analyse a file: JSON lines, Parquet or CSV.")]
FromOption = Annotated[
    datetime | None, typer.Option("--from", formats=[DAY], help="Analyse the store from this day (UTC) on.")
]
ToOption = Annotated[datetime | None, typer.Option("--to", formats=[DAY], help="To this day, included; today.")]
RefineOption = Annotated[bool, typer.Option("--refine", help="Of a file or the store: divide clusters by DBSCAN.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="What fails, grouped by what it has in common.")
app.add_typer(group, name="failures")

EPILOG = """Without --file and --from it shows the clusters that the running windows keep, under names that stay.

Examples: headrace failures list --from 2026-03-01; headrace failures list --file interactions.jsonl --refine
"""


@group.command("list", epilog=EPILOG)
def list_(
    file: FileOption = None,
    from_day: FromOption = None,
    to_day: ToOption = None,
    refined: RefineOption = False,
    as_json: JsonOption = False,
) -> None:
    """List clusters of failures, the gravest first."""
    from headrace.commands.output import print_json

    found = _clusters(file, from_day, to_day, refined)
    if as_json:
        for cluster in found:
            print_json(cluster)
    else:
        _print_table(found)


@group.command(epilog=EPILOG)
def show(
    cluster_id: Annotated[str, typer.Argument(help="Its id, or the beginning of it.")],
    file: FileOption = None,
    from_day: FromOption = None,
    to_day: ToOption = None,
    refined: RefineOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show one cluster: evidence, examples, and what to do about it."""
    from headrace.commands.output import print_json

    cluster = _named(cluster_id, _clusters(file, from_day, to_day, refined))
    print_json(cluster) if as_json else _print_cluster(cluster)


@group.command(epilog=EPILOG)
def plot(
    to: Annotated[Path, typer.Option("--output", "-o", help="FILE.png, .svg or .pdf.")],
    file: FileOption = None,
    from_day: FromOption = None,
    to_day: ToOption = None,
    refined: RefineOption = False,
    largest: Annotated[int, typer.Option(min=1, help="Clusters in the plot.")] = 8,
) -> None:
    """Plot how the gravest clusters grew."""
    from analytics.failures_plot import save

    found = _clusters(file, from_day, to_day, refined)[:largest]
    save(found, to)
    typer.echo(f"{len(found)} clusters in {to}")


@group.command(epilog="Members that come later make it a regression, under the same name.")
def resolve(cluster_id: Annotated[str, typer.Argument(help="Its id, or the beginning of it.")]) -> None:
    """Say that a failure is fixed."""
    from headrace.decisions import Resolution, publish
    from headrace.settings import load

    cluster = _named(cluster_id, _clusters(None, None, None, False))
    publish(load().kafka, Resolution(cluster_id=cluster.cluster_id))
    typer.echo(f"{cluster.cluster_id} ({cluster.title}) is resolved; it will be reported if it comes back")


def _clusters(
    file: Path | None, from_day: datetime | None, to_day: datetime | None, refined: bool
) -> list[ClusterReport]:
    from headrace.errors import ConfigError

    if file and (from_day or to_day):
        raise ConfigError("--file and --from exclude each other: a file is analysed whole")
    if to_day and not from_day:
        raise ConfigError("--to needs --from")
    if file:
        return _of_file(file, refined).clusters
    return _of_store(from_day, to_day, refined).clusters if from_day else _live()


def _of_file(file: Path, refined: bool) -> FailureReport:
    from consumers.failures.analyzer import FailurePatternAnalyzer
    from consumers.failures.rows import read_events
    from headrace.settings import load

    events, feedback = read_events(file)
    return FailurePatternAnalyzer(load()).analyze_failures(events, feedback, refined)


def _of_store(from_day: datetime, to_day: datetime | None, refined: bool) -> FailureReport:
    from analytics.failures_store import read
    from analytics.live import connect
    from consumers.failures.analyzer import FailurePatternAnalyzer
    from headrace.settings import load

    settings = load()
    with connect(settings) as store:
        last = to_day.date() if to_day else None
        events, feedback = read(store, from_day.date(), last, settings.store.query_rows)
    return FailurePatternAnalyzer(settings).analyze_failures(events, feedback, refined)


def _live() -> list[ClusterReport]:
    from consumers.failures.live import live_states
    from consumers.failures.report import reports
    from headrace.settings import load

    found = [report for state in live_states(load()) for report in reports(state)]
    return sorted(found, key=lambda report: (report.status != "active", -report.severity))


def _named(beginning: str, found: list[ClusterReport]) -> ClusterReport:
    from headrace.errors import ConfigError

    fitting = [cluster for cluster in found if cluster.cluster_id.startswith(beginning)]
    if len(fitting) != 1:
        words = "no cluster" if not fitting else f"{len(fitting)} clusters"
        raise ConfigError(f"{words} whose id begins with {beginning!r}; `headrace failures list` shows them")
    return fitting[0]


def _print_table(found: list[ClusterReport]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(header_style="bold")
    table.add_column("cluster", no_wrap=True)
    for name in ("tenant", "status", "severity", "size", "of traffic", "about", "agents"):
        table.add_column(name)
    for cluster in found:
        table.add_row(
            cluster.cluster_id,
            cluster.tenant,
            cluster.status,
            f"{cluster.severity:.0f}",
            str(cluster.size),
            f"{cluster.rate:.2%}",
            cluster.title or cluster.medoid,
            ", ".join(list(cluster.agents)[:3]),
        )
    Console().print(table)


def _print_cluster(cluster: ClusterReport) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console()
    console.print(f"[bold]{escape(cluster.title or cluster.cluster_id)}[/]")
    console.print(f"{cluster.cluster_id} of tenant {cluster.tenant}, {cluster.status}")
    console.print(f"severity {cluster.severity:.0f} of 100, {cluster.size} failures, {cluster.rate:.2%} of traffic")
    console.print(f"from {cluster.first_seen:%Y-%m-%d %H:%M} to {cluster.last_seen:%Y-%m-%d %H:%M} UTC")
    for name, counts in (("flags", cluster.flags), ("agents", cluster.agents), ("versions", cluster.versions)):
        console.print(f"{name}: " + ", ".join(f"{key} {count}" for key, count in counts.items()))
    for suggestion in cluster.suggestions:
        console.print(f"[bold]→[/] {escape(suggestion)}")
    console.print(f"most typical: {escape(cluster.medoid)}")
    for example, id_ in zip(cluster.examples, cluster.example_ids, strict=True):
        console.print(f"  {id_}  {escape(example)}")
