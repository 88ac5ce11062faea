"""One drift is one alert, until it has ended: whatever single windows show, and whatever is said again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import msgspec
import pytest

from consumers.digester.partition import PartitionDigester
from consumers.digests.messages import Source
from consumers.windows.analysis import QUIET_WINDOWS, Drifting, lasting_drifts
from consumers.windows.closing import Horizon, closings
from consumers.windows.reports import ALL_AGENTS, Alert
from consumers.windows.state import DictTable, State
from consumers.windows.window import Window
from headrace.events import ProductionInteraction
from headrace.settings import FailureAnalysis, Settings, Windows
from tests.consumers.windows.test_closing import WINDOW_US, state_of
from tests.support.digests import BEGIN, batch, clean_records, embed, events

WINDOWS = 14
SLOW_FROM = 5
SETTINGS = Settings(windows=Windows(seconds=300, lateness_seconds=0.0, reference_windows=4, revised=WINDOWS))


def log() -> list[bytes]:
    """Two agents whose answers are slower from some window on."""
    begins = BEGIN + timedelta(seconds=SLOW_FROM * 300)
    happened = [
        msgspec.structs.replace(event, latency_ms=event.latency_ms * 20)
        if isinstance(event, ProductionInteraction) and event.timestamp >= begins and event.latency_ms
        else event
        for event in events(WINDOWS * 150, seed=9, step_s=2.0)
    ]
    return clean_records(happened)


LOG = log()


def alerts(table: DictTable, stop: int, at: float) -> list[Alert]:
    """Said after reading so many records, with the watermark at so many windows."""
    state = state_of(table, stop, at, LOG)
    said = [alert for closing in closings(state, Horizon(SETTINGS), SETTINGS) for alert in closing.alerts]
    return [alert for alert in said if alert.kind == "drift"]


def by_subject(said: list[Alert]) -> Counter[tuple[str, str]]:
    return Counter((alert.agent, alert.subject) for alert in said)


def test_a_drift_that_goes_on_is_said_once() -> None:
    said = by_subject(alerts(DictTable(), len(LOG), WINDOWS))
    assert {("billing", "latency_ms"), ("returns", "latency_ms")} <= set(said)
    assert set(said.values()) == {1}


@pytest.mark.slow
@pytest.mark.parametrize("held_back", [40, 150, 400])
def test_revisions_and_restarts_say_no_drift_again(held_back: int) -> None:
    table = DictTable()
    first = alerts(table, len(LOG) - held_back, WINDOWS - 1)
    assert first
    again = alerts(table, len(LOG), WINDOWS)
    once_more = alerts(table, len(LOG), WINDOWS)
    assert set(by_subject([*first, *again]).values()) == {1}
    assert once_more == []


def after(drifts: tuple[Drifting, ...], shown: list[bool], agent: str = "billing") -> tuple[Drifting, ...]:
    state = State(DictTable(), 0)
    digester = PartitionDigester(Source("topic", 0, WINDOW_US), 0, FailureAnalysis(), embed)
    digester.take(batch(range(90), LOG[:90]))
    for part in digester.parts():
        state.take(part)
    busy = state.window(*state.windows[-1])
    window = busy if agent in (*busy.agents, ALL_AGENTS) else Window("default", 0, {}, {}, (), {})
    for is_shown in shown:
        drifts = lasting_drifts(drifts, window, {(agent, "latency_ms")} if is_shown else set())
    return drifts


def test_quiet_windows_in_between_are_no_end() -> None:
    drift = Drifting("billing", "latency_ms")
    quiet = [False] * (QUIET_WINDOWS - 1)
    assert after((drift,), [*quiet, True, *quiet]) != ()
    assert after((drift,), [*quiet, False]) == ()


def test_windows_without_the_agent_do_not_end_its_drift() -> None:
    drift = Drifting("nobody", "latency_ms")
    assert after((drift,), [False] * 2 * QUIET_WINDOWS, "nobody") == (drift,)


def test_what_an_earlier_release_left_is_read() -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(["billing", "rating"]), type=Drifting).quiet == 0
