"""`headrace topics`: the topic table on the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headrace.commands.cluster import connect
from headrace.commands.output import print_json
from headrace.settings import Settings, load
from headrace.topics import DAY_MS, TOPICS, Role

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient

app = typer.Typer()
topics = typer.Typer()
app.add_typer(topics, name="topics", help="Show or make the topics, with their retention and ACLs.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object per topic.")]


@topics.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    """Show the topics, or make them (`create`)."""
    if context.invoked_subcommand is None:
        show(as_json=False)


@topics.command("list", epilog="Exit status 1 when a topic is missing or is not as the table says.")
def show(as_json: Json = False) -> None:
    """Compare the topics on the cluster with the table."""
    from headrace.topic_admin import describe, differences

    settings = load()
    client = connect(settings)
    found = describe(client, settings)
    unlike = differences(found, settings)
    for row in rows(settings, found):
        if as_json:
            print_json(row)
        else:
            typer.echo(f"{row['topic']:<28} {row['partitions']} partitions  kept {row['kept']:<9} {row['state']}")
    if not as_json:
        _explain(unlike)
    raise typer.Exit(1 if unlike else 0)


@topics.command(epilog="Safe to repeat. An existing topic is never changed: what differs from the table is printed.")
def create(
    acls: Annotated[bool, typer.Option("--acls", help="Also make the ACLs of the four principals.")] = False,
    agent: Annotated[str, typer.Option(help="Principal that writes raw.")] = "User:agent",
    sanitizer: Annotated[str, typer.Option(help="Principal that alone reads raw.")] = "User:sanitizer",
    service: Annotated[str, typer.Option(help="Principal of lake and other services.")] = "User:service",
    analyst: Annotated[str, typer.Option(help="Principal that reads what is clean.")] = "User:analyst",
) -> None:
    """Make the topics that are missing."""
    from headrace.topic_admin import create_topics, describe, differences

    settings = load()
    client = connect(settings)
    for name in create_topics(client, settings):
        typer.echo(f"created {name}")
    for line in differences(describe(client, settings), settings):
        typer.echo(f"left as it is: {line}", err=True)
    if acls:
        _create_acls(client, settings, {"agent": agent, "sanitizer": sanitizer, "service": service, "analyst": analyst})


def _explain(unlike: list[str]) -> None:
    for line in unlike:
        if "missing" not in line:
            typer.echo(line, err=True)
    if any("missing" in line for line in unlike):
        typer.echo("`headrace topics create` makes what is missing", err=True)


def rows(settings: Settings, found: dict[str, dict[str, str]]) -> list[dict[str, str | int]]:
    """The table with what is on the cluster."""
    retention_days = settings.continual_learning.privacy.retention_days
    return [
        {
            "topic": settings.kafka.topic(topic.name),
            "partitions": topic.partitions,
            "kept": _kept(topic.kept_ms(retention_days)),
            "state": "exists" if settings.kafka.topic(topic.name) in found else "missing",
        }
        for topic in TOPICS
    ]


def _kept(milliseconds: int | None) -> str:
    """How long, in words.

    >>> _kept(None), _kept(3 * DAY_MS), _kept(90 * DAY_MS)
    ('compacted', '3 d', '90 d')
    """
    return "compacted" if milliseconds is None else f"{milliseconds // DAY_MS} d"


def _create_acls(client: AdminClient, settings: Settings, principals: dict[Role, str]) -> None:
    from headrace.acls import bindings, create_acls, describe

    wanted = bindings(settings.kafka, principals)
    create_acls(client, wanted)
    for binding in wanted:
        typer.echo(describe(binding))
