"""The command line of the report: `headrace report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command(epilog="Example: headrace report --to report.html")
def report(
    to: Annotated[Path, typer.Option(help="The page is written here.")] = Path("headrace-report.html"),
    as_json: Annotated[bool, typer.Option("--json", help="Print where it is, and its sections, as JSON.")] = False,
) -> None:
    """Write one page on traffic, personal data, drift, failures, selection and training, with plots."""
    from analytics.live import connect
    from analytics.page import document
    from analytics.progress import working
    from analytics.report.gather import report_sections
    from headrace.commands.output import print_json
    from headrace.events import now
    from headrace.settings import load

    settings, shown = load(), []
    with connect(settings) as store, working("traffic", shown=not as_json) as tell:
        for section in report_sections(settings, store):
            shown.append(section)
            tell(f"after {section.title.lower()}")
    to.write_text(document("Headrace", f"As of {now():%Y-%m-%d %H:%M} UTC.", shown))
    if as_json:
        print_json({"file": str(to), "sections": {section.title: section.words for section in shown}})
    else:
        typer.echo(f"{to}: {', '.join(section.title.lower() for section in shown)}")
