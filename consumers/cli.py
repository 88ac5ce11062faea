"""The commands of the services' room: the sanitizer's, the lake's, the canary's."""

from __future__ import annotations

import typer

from consumers.canary.cli import app as canary
from consumers.lake.cli import app as lake
from consumers.sanitizer.cli import app as sanitizer

app = typer.Typer()
app.add_typer(sanitizer)
app.add_typer(lake)
app.add_typer(canary)
