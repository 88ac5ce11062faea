"""Between windows: each agent's sequential monitor against the first windows, with a stated rate of false alarms."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from consumers.drift.monitor import Monitor, State
from consumers.windows.comparison import MIN_INTERACTIONS, signals_of
from consumers.windows.reports import ALL_AGENTS
from consumers.windows.spread import Factors
from consumers.windows.window import Window, bare, joined
from headrace.settings import Settings

SECONDS_A_DAY = 86_400
MOST_REMEMBERED = 50
"""Agents that are watched, those with the most traffic: the monitors' memory travels from window to window."""


class Watch(msgspec.Struct, array_like=True, frozen=True):
    """What the monitors remember: the first windows as one, how many they were, and each agent's state."""

    first: Window | None = None
    windows: int = 0
    monitors: dict[str, State] = {}


class Alarm(NamedTuple):
    """A monitor's alarm: whose, by which signal, and what moved in it."""

    agent: str
    signal: str
    moved: str


def watch(before: Watch, window: Window, settings: Settings) -> tuple[Watch, list[Alarm]]:
    """Takes the next window: part of the reference until that is complete, then something to be watched."""
    if before.first is None or before.windows < settings.windows.reference_windows:
        first = joined([*([before.first] if before.first else []), bare(window)])
        return Watch(first, before.windows + 1, {}), []
    length = settings.windows.false_alarm_days * SECONDS_A_DAY / settings.windows.seconds
    monitors, alarms = dict(before.monitors), list[Alarm]()
    factors = before.first.factors
    for agent in _watched(before.first):
        if agent != ALL_AGENTS and not window.of_agent(agent).interactions:
            continue
        monitor = _monitor(before.first, agent, length, factors)
        monitor.state = before.monitors.get(agent) or State()
        verdict = monitor.update(signals_of(window, agent, factors))
        monitors[agent] = monitor.state
        if verdict.alarm:
            alarms.append(Alarm(agent, verdict.evidence[0].signal, verdict.evidence[0].moved))
    return Watch(before.first, before.windows, dict(sorted(monitors.items()))), alarms


def _monitor(first: Window, agent: str, length: float, factors: Factors) -> Monitor:
    """The agent's monitor, without what it remembers; made once for a reference, which takes a while."""
    key = (first.tenant, agent, length)
    signature = first.signature()
    known = _monitors.get(key)
    if known is None or known[0] != signature:
        _monitors[key] = known = (signature, Monitor(signals_of(first, agent, factors), length))
    return known[1]


_monitors: dict[tuple[str, str, float], tuple[int, Monitor]] = {}


def _watched(first: Window) -> list[str]:
    sizes = {agent: first.of_agent(agent).interactions for agent in first.agents}
    enough = sorted((a for a in sizes if sizes[a] >= MIN_INTERACTIONS), key=lambda a: (-sizes[a], a))
    return [ALL_AGENTS, *enough[:MOST_REMEMBERED]]
