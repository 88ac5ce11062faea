"""The commands of the analytics room."""

from __future__ import annotations

import typer

from analytics import audit_command, demo_command

app = typer.Typer()
for command_app in (audit_command.app, demo_command.app):
    app.add_typer(command_app)
