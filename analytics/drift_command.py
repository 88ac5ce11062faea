"""The command line of drift: `headrace drift report` and `headrace drift compare`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics.drift_page import Window
    from consumers.drift.columns import Columns
    from consumers.drift.report import DriftReport, SignalReport
    from headrace.settings import Settings

PLACE = "A file (CSV, Parquet, JSON lines) or a period of the store: 2026-03-01..2026-03-31."
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one report a line.")]
PageOption = Annotated[Path | None, typer.Option("--page", help="Write a page with plots here (HTML).")]
SHOWN = 3
"""Examples and culprits of a signal, for a person; --json has more of them."""

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Whether traffic and quality look as they used to.")
app.add_typer(group, name="drift")


@group.command(epilog="Example: headrace drift compare february.parquet march.parquet --json")
def compare(
    reference: Annotated[str, typer.Argument(help=PLACE)],
    current: Annotated[str, typer.Argument(help=PLACE)],
    as_json: JsonOption = False,
    page: PageOption = None,
) -> None:
    """Compare two files or periods, all signals together: at most one false alarm in twenty comparisons."""
    from analytics.drift_page import Window
    from consumers.drift.detector import DriftDetector
    from headrace.settings import load

    settings = load()
    detector = DriftDetector(settings.continual_learning.drift_detection)
    report = detector.compare(_read(reference, settings), _read(current, settings))
    _show([Window(current, report)], as_json, page)


@group.command(epilog="Example: headrace drift report --reference 2026-03-01..2026-03-28 --hours 24 --page drift.html")
def report(
    reference: Annotated[
        str | None, typer.Option(help="Period of a frozen reference; else the days before each window.")
    ] = None,
    period: Annotated[str | None, typer.Option(help="Period that is looked at; the last 7 days.")] = None,
    hours: Annotated[int, typer.Option(min=1, help="Length of a window.")] = 24,
    reference_days: Annotated[int, typer.Option(min=1, help="Length of a rolling reference.")] = 28,
    as_json: JsonOption = False,
    page: PageOption = None,
) -> None:
    """Compare the store's windows with a reference, one after the other."""
    from analytics.drift_page import Window
    from analytics.drift_store import Period, compared, read
    from analytics.live import connect
    from consumers.drift.detector import DriftDetector
    from headrace.events import now
    from headrace.settings import load

    settings = load()
    detector = DriftDetector(settings.continual_learning.drift_detection)
    end = now().replace(tzinfo=None, minute=0, second=0, microsecond=0)
    watched = Period.parse(period) if period else Period(end - timedelta(days=7), end)
    with connect(settings) as store:
        frozen = read(store, Period.parse(reference)) if reference else None
        parts = watched.windows(timedelta(hours=hours))
        found = compared(store, detector, parts, frozen, timedelta(days=reference_days))
        windows = [Window(part.first.isoformat(" ", "minutes"), report) for part, report in found]
    _show(windows, as_json, page)


def _read(place: str, settings: Settings) -> Columns:
    from analytics.drift_store import Period, read
    from analytics.live import connect
    from consumers.drift.columns import read_file

    if Path(place).suffix and ".." not in place:
        return read_file(Path(place))
    period = Period.parse(place)
    with connect(settings) as store:
        return read(store, period)


def _show(windows: list[Window], as_json: bool, page: Path | None) -> None:
    import msgspec

    from analytics.drift_page import page as made
    from headrace.commands.output import print_json

    if page:
        page.write_text(made(windows))
    for label, found in windows:
        if as_json:
            print_json({"window": label, **msgspec.to_builtins(found)})
        else:
            _print(label, found)
    if not windows and not as_json:
        typer.echo("no window has interactions, or none has a reference")


def _print(label: str, found: DriftReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(header_style="bold", title=f"{label}: {found.rows:,} rows against {found.reference.rows:,}")
    for column in ("signal", "reference", "current", found.method, "p", "alarm", "who and what moved"):
        table.add_column(column)
    for signal in sorted(found.signals, key=lambda signal: signal.p_value):
        table.add_row(
            signal.name,
            _middle(signal.reference),
            _middle(signal.current),
            f"{signal.statistic:.3g}",
            f"{signal.p_value:.2g}",
            "[red]yes[/]" if signal.alarm else "",
            _words(signal),
        )
    season = f"; reference matched by {found.season}" if found.season else ""
    table.caption = f"reference {found.reference.id}, {found.reference.kind}{season}"
    console = Console()
    console.print(table)
    for signal in found.signals:
        if signal.examples:
            console.print(f"{signal.name}, for example: {', '.join(signal.examples[:SHOWN])}", highlight=False)


def _middle(summary: dict[str, float]) -> str:
    return f"{summary['p50']:,.4g}" if "p50" in summary else ""


def _words(signal: SignalReport) -> str:
    shown = signal.culprits[:SHOWN]
    who = ", ".join(f"{one.name} {one.reference_share:.1%} → {one.current_share:.1%}" for one in shown)
    return ": ".join(part for part in (signal.cause, who) if part)
