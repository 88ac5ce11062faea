"""`headrace run`, `health` and `up`: the services, one at a time or all together."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, cast

import typer

from headrace.commands.cluster import connect
from headrace.errors import ConfigError
from headrace.service import is_healthy
from headrace.settings import Settings, load

SERVICES_GROUP = "headrace.services"

app = typer.Typer()


def service_entry_points() -> dict[str, EntryPoint]:
    """The services that are installed, by name."""
    return {entry_point.name: entry_point for entry_point in entry_points(group=SERVICES_GROUP)}


def _names() -> list[str]:
    return list(service_entry_points())


Service = Annotated[str, typer.Argument(help="Its name: sanitizer, lake, …", autocompletion=_names)]


@app.command(epilog="Ends after SIGTERM or Ctrl-C, with its batch finished; a second one ends it at once.")
def run(service: Service) -> None:
    """Run one service in this terminal."""
    # Until the service takes over there is nothing to drain. An exception would be lost in a callback of the garbage
    # collector or of an import, and the service would start and never hear of it.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    start = cast(Callable[[Settings], None], _known(service).load())
    start(load())


@app.command(epilog="Exit status 0 when healthy, 1 when not: for container health checks.")
def health(service: Service) -> None:
    """Say whether a service on this machine does its work."""
    _known(service)
    healthy = is_healthy(load().storage, service)
    typer.echo(f"{service}: {'healthy' if healthy else 'no sign of life within the last minute'}")
    raise typer.Exit(0 if healthy else 1)


@app.command(epilog="Ctrl-C drains all of them; a second one ends them at once.")
def up(
    services: Annotated[
        list[str] | None, typer.Argument(help="Only these; all that are switched on unless named.")
    ] = None,
) -> None:
    """Run all services in this terminal; one that crashes is started again, with growing pauses."""
    from headrace.supervisor import EndRequests, supervise

    settings = load()
    wanted = services or [name for name in service_entry_points() if name not in settings.switched_off]
    names = [_known(name).name for name in wanted]
    connect(settings)
    commands = {name: [sys.executable, "-m", "headrace.cli", "run", name] for name in names}
    raise typer.Exit(supervise(commands, EndRequests().install()))


def _known(service: str) -> EntryPoint:
    services = service_entry_points()
    if service not in services:
        raise ConfigError(f"there is no service {service!r}; there are: {', '.join(services)}")
    return services[service]
