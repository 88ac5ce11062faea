"""What the canary service saw that it should never see: a line each, kept until somebody has dealt with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from headrace.settings import Settings

log = structlog.get_logger("canary")


class Alert(msgspec.Struct, frozen=True):
    """A canary of this kind stands in this place. The value itself is in `consumers.canary.values`."""

    kind: str
    place: str
    """`clean[partition]:offset`, a table, or a file."""
    at: datetime


class Alerts:
    """Says each sighting once: in the log, and in a file that outlives the process."""

    def __init__(self, settings: Settings) -> None:
        self._path = alerts_path(settings)
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._known = {(alert.kind, alert.place) for alert in alerts(settings)}

    def sighted(self, kind: str, place: str) -> None:
        if (kind, place) in self._known:
            return
        self._known.add((kind, place))
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(Alert(kind, place, datetime.now(UTC))) + b"\n")
        log.error("canary.leaked", kind=kind, place=place)


def alerts(settings: Settings) -> list[Alert]:
    """All sightings that nobody has dealt with yet."""
    path = alerts_path(settings)
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [msgspec.json.decode(line, type=Alert) for line in lines]


def alerts_path(settings: Settings) -> Path:
    return settings.storage / "state" / "canary-alerts.jsonl"
