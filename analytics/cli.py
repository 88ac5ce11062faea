"""The commands of the analytics room."""

from __future__ import annotations

import typer

from analytics import query_command
from analytics.audit import command as audit_command
from analytics.demo import command as demo_command
from analytics.labels import command as labels_command
from analytics.selection import command as selection_command

app = typer.Typer()
for command_app in (query_command.app, audit_command.app, demo_command.app, selection_command.app, labels_command.app):
    app.add_typer(command_app)
