"""`headrace broker`: a real Kafka on this machine, for developing and trying out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from headrace.broker.local import DEFAULT_HEAP_MB, DEFAULT_PORT, LocalBroker
from headrace.commands.output import print_json
from headrace.settings import BOOTSTRAP_VARIABLE, load

FOLDER = Path(".headrace/broker")
LOOPBACK = ("127.0.0.1", "localhost")

app = typer.Typer()
broker = typer.Typer(no_args_is_help=True)
app.add_typer(broker, name="broker", help="Run a real Kafka on this machine (needs Java 17 and, once, Maven).")

Folder = Annotated[Path, typer.Option(help="Where its data, log and settings are.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@broker.command(epilog="Data are kept in the folder; `rm -r .headrace/broker` after a stop begins afresh.")
def start(
    folder: Folder = FOLDER,
    port: Annotated[int | None, typer.Option(help="Default: the port in kafka.bootstrap_servers.")] = None,
    heap_mb: Annotated[int, typer.Option(help="Java heap in MB.")] = DEFAULT_HEAP_MB,
) -> None:
    """Start the broker in the background and wait until it answers."""
    if servers := os.environ.get(BOOTSTRAP_VARIABLE):
        typer.echo(f"{BOOTSTRAP_VARIABLE} is set: the cluster at {servers} is used, nothing is started")
        return
    node = LocalBroker(folder, port or port_in(load().kafka.bootstrap_servers), heap_mb=heap_mb)
    node.start()
    typer.echo(f"Kafka answers at {node.running_at} (pid {node.pid}); its log: {node.log}")


@broker.command()
def stop(folder: Folder = FOLDER) -> None:
    """Stop the broker; its data stay."""
    node = LocalBroker(folder)
    if node.pid is None:
        typer.echo(f"no broker runs in {folder}")
        return
    node.stop()
    typer.echo("stopped")


@broker.command(epilog="Exit status 0 when it runs, 1 when it does not.")
def status(folder: Folder = FOLDER, as_json: Json = False) -> None:
    """Say whether the broker runs, and where."""
    node = LocalBroker(folder)
    if as_json:
        print_json({"running": node.pid is not None, "pid": node.pid, "bootstrap_servers": node.running_at})
    else:
        typer.echo(f"Kafka runs at {node.running_at} (pid {node.pid})" if node.pid else f"no broker runs in {folder}")
    raise typer.Exit(0 if node.pid else 1)


def port_in(bootstrap_servers: str) -> int:
    """The port that clients with these settings expect a broker of this machine at.

    >>> port_in("localhost:19092"), port_in("kafka.example.org:9093")
    (19092, 9092)
    """
    host, _, port = bootstrap_servers.split(",")[0].rpartition(":")
    return int(port) if host in LOOPBACK and port.isdigit() else DEFAULT_PORT
