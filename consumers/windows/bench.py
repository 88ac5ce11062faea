"""`headrace bench windows`: the whole pipeline with digester and windows, and how soon a window's report is out.

Every service is a process of its own. A report's delay runs from the end of its window plus the lateness, when
nothing that it waits for can come any more, until a reader of the reports topic has it.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from consumers.bench import OUTSTANDING, WARM_UP_S, broker_process, setting
from consumers.bench_analyst import Analyst
from consumers.bench_processes import POLL_S, Load, Process, monotonic_s, service
from consumers.windows.bench_digested import Digested
from consumers.windows.reports import DriftReport, decode
from headrace.settings import Settings, Windows
from headrace.topic_log import Reader
from headrace.topics import REPORTS

SERVICES = ("sanitizer", "lake", "digester", "windows")
LATENESS_S = 2.0
STARTING_S = 20.0
"""About how long broker and services take to start, as far as a waiting person is told."""
STARTED_S = 12.0
"""Faust joins its group and recovers its table before it takes anything."""


def windows(
    seconds: Annotated[float, typer.Option(min=1, help="How long to measure, after a warm-up.")] = 90,
    rate: Annotated[float, typer.Option(min=0, help="Interactions a second; 0 is as many as the lake holds.")] = 0,
    length: Annotated[int, typer.Option(min=1, help="Seconds of a window.")] = 6,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Log, sanitize, store, digest and watch: events a second, lag, CPU, memory, and the reports' delay."""
    settings = Windows(seconds=length, lateness_seconds=LATENESS_S, web_port=0)
    _tell(f"broker and services start, which takes about {STARTING_S:g} s")
    with (
        tempfile.TemporaryDirectory(prefix="headrace-bench-") as folder,
        setting(Path(folder), windows=settings) as own,
    ):
        figures = _measure(own, seconds, rate)
    typer.echo(json.dumps(figures) if as_json else "\n".join(f"{name:18} {figures[name]}" for name in figures))


def _tell(news: str) -> None:
    """To a person who waits; figures alone go to the standard output."""
    typer.echo(news, err=True)


class _Seen(NamedTuple):
    """The pipeline at one moment."""

    at_s: float
    stored: int
    digested: int
    cpu_s: dict[str, float]


class _Delays:
    """Seconds from when a window could close until its last first report was there, by tenant and start."""

    def __init__(self, settings: Settings) -> None:
        self._due_s = settings.windows.seconds + settings.windows.lateness_seconds
        self._reader = Reader(settings.kafka, REPORTS, decode)
        self.seconds: dict[tuple[str, int], float] = {}

    def look(self) -> None:
        while (entry := self._reader.poll()) is not None:
            report = entry.value
            if isinstance(report, DriftReport) and report.revision == 1:
                self.seconds[report.tenant, report.start_us] = time.time() - report.start_us / 1e6 - self._due_s

    def since(self, start_s: float) -> list[float]:
        """Of the windows that began later, in order of size."""
        return sorted(delay for (_, start_us), delay in self.seconds.items() if start_us / 1e6 >= start_s)


@contextmanager
def _processes(settings: Settings) -> Iterator[dict[str, Process]]:
    folder = settings.storage.parent
    with ExitStack() as stack:
        started = {name: stack.enter_context(service(name, folder / f"{name}.log")) for name in SERVICES}
        yield started | broker_process(folder)


def _measure(settings: Settings, seconds: float, rate: float) -> dict[str, Any]:
    with _processes(settings) as processes:
        analyst, delays, digested = Analyst(settings), _Delays(settings), Digested(settings)
        time.sleep(STARTED_S)
        load = Load("--seconds", str(seconds + 3 * WARM_UP_S), "--rate", str(rate), "--outstanding", str(OUTSTANDING))
        _tell(f"events are logged: {WARM_UP_S:g} s to warm up, then {seconds:g} s that are measured")
        try:
            return _watch(analyst, delays, digested, load, {"producer": load.usage, **processes}, seconds)
        finally:
            _tell("services end")
            load.stop()


def _watch(
    analyst: Analyst, delays: _Delays, digested: Digested, load: Load, processes: dict[str, Process], seconds: float
) -> dict[str, Any]:
    _follow(analyst, delays, digested, load, WARM_UP_S)
    began_s, first = time.time(), _seen(analyst, digested, processes)
    _follow(analyst, delays, digested, load, seconds)
    last = _seen(analyst, digested, processes)
    events = max(1, last.stored - first.stored)
    return {
        "events_per_s": round(events / (last.at_s - first.at_s)),
        "digested_per_s": round((last.digested - first.digested) / (last.at_s - first.at_s)),
        "digester_lag": [first.stored - first.digested, last.stored - last.digested],
        "cpu_us_per_event": {n: round((last.cpu_s[n] - first.cpu_s[n]) / events * 1e6, 1) for n in processes},
        "peak_mb": {name: round(process.peak_mb()) for name, process in processes.items()},
        "report_delay_s": _spread(delays.since(began_s)),
    }


def _follow(analyst: Analyst, delays: _Delays, digested: Digested, load: Load, seconds: float) -> None:
    until_s = monotonic_s() + seconds
    while monotonic_s() < until_s:
        load.tell_stored(analyst.stored())
        delays.look()
        digested.look()
        time.sleep(POLL_S)


def _seen(analyst: Analyst, digested: Digested, processes: dict[str, Process]) -> _Seen:
    stored, counted = analyst.stored(), digested.look()
    return _Seen(monotonic_s(), stored, counted, {name: p.cpu_s() for name, p in processes.items()})


def _spread(delays: list[float]) -> dict[str, Any]:
    if not delays:
        return {}
    return {"p50": round(statistics.median(delays), 2), "max": round(delays[-1], 2), "windows": len(delays)}
