"""The commands of the services' room: the sanitizer's and the lake's."""

from __future__ import annotations

import typer

from consumers.lake.cli import app as lake
from consumers.sanitizer.cli import app as sanitizer

app = typer.Typer()
app.add_typer(sanitizer)
app.add_typer(lake)
