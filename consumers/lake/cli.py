"""The lake's own commands: none yet beside `headrace run lake` and what analysts use."""

from __future__ import annotations

import typer

app = typer.Typer()
