"""The commands of the analytics room."""

from __future__ import annotations

import typer

from analytics import drift_command, failures_command, query_command
from analytics.audit import command as audit
from analytics.demo import command as demo
from analytics.experiments import command as experiments
from analytics.labels import command as labels
from analytics.privacy import command as privacy
from analytics.rag_index import command as rag_index
from analytics.registry import command as registry
from analytics.report import command as report
from analytics.retraining import command as retraining
from analytics.selection import command as selection

app = typer.Typer()
for room in (
    query_command,
    drift_command,
    failures_command,
    audit,
    demo,
    selection,
    labels,
    privacy,
    registry,
    retraining,
    experiments,
    rag_index,
    report,
):
    app.add_typer(room.app)
