"""Which windows are to be closed now, in which order, and what they say. Pure but for the state it is given.

A tenant's windows are closed in the order of time, each after what the one before left. A window is closed again
when anything that its report was made of has changed: late events, or a window before it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

import msgspec

from consumers.failures.state import ClusterState
from consumers.windows.analysis import QUIET_WINDOWS, Chain, Outcome, analyse
from consumers.windows.fixes import between
from consumers.windows.reports import Alert, ClusterReport, DriftReport, alert_id
from consumers.windows.state import Closed, State
from consumers.windows.window import Window, bare, joined
from headrace.decisions import Resolution
from headrace.settings import Settings

MICROSECONDS = 1_000_000
EMBEDDER = "static"


class Closing(NamedTuple):
    """One window that is closed: what it says, and what is to be noted once that is delivered."""

    tenant: str
    start_us: int
    reports: list[DriftReport]
    clusters: list[ClusterReport]
    alerts: list[Alert]
    """Those that were not said with an earlier revision."""
    closed: Closed
    chain: bytes


class _MadeOf(NamedTuple):
    """What a report follows from, with the settings."""

    window: Window
    reference: Window | None
    before: bytes
    """What the window before left, as it is kept."""
    chain: Chain
    """The same, read."""
    fixed: list[str]


class Horizon:
    """The times at which windows close, cannot change any more, and are forgotten."""

    def __init__(self, settings: Settings) -> None:
        windows = settings.windows
        self.window_us = windows.seconds * MICROSECONDS
        self._lateness_us = round(windows.lateness_seconds * MICROSECONDS)
        self._revised_us = windows.revised * self.window_us
        self._reference_us = windows.reference_windows * self.window_us if windows.reference == "rolling" else 0

    def closed_before(self, watermark_us: int) -> int:
        """Windows that start at or before this are closed."""
        return watermark_us - self._lateness_us - self.window_us

    def settled_before(self, watermark_us: int) -> int:
        """Windows that start before this take nothing more."""
        return self.closed_before(watermark_us) - self._revised_us

    def forgotten_before(self, watermark_us: int) -> int:
        """Windows that start before this are no reference any more, either."""
        return self.settled_before(watermark_us) - self._reference_us

    def told_before(self, watermark_us: int) -> int:
        """What was said with windows that start before this is no drift of a window that may still change."""
        return self.settled_before(watermark_us) - QUIET_WINDOWS * self.window_us


def due(state: State, horizon: Horizon) -> list[tuple[str, int]]:
    """Tenant and start of the windows that are closed and may have something new to say, by start.

    A window that was closed and is settled says nothing more: what it was compared with may be forgotten.
    """
    latest, settled = horizon.closed_before(state.watermark_us), horizon.settled_before(state.watermark_us)
    return [
        window
        for window in state.windows
        if window in state.changed and window[1] <= latest and (window[1] >= settled or window not in state.closed)
    ]


def forget(state: State, horizon: Horizon) -> None:
    """Lets go of what nothing will be made of any more; call it when nothing is due."""
    watermark_us = state.watermark_us
    settled_us = horizon.settled_before(watermark_us)
    state.chains.forget(settled_us)
    state.forget(horizon.forgotten_before(watermark_us))
    state.settle(settled_us)
    state.forget_closed(horizon.told_before(watermark_us))


def close(
    state: State, tenant: str, start_us: int, settings: Settings, fixes: Collection[Resolution] = ()
) -> Closing | None:
    """What a window says, first or again; None where its report would be made of the same."""
    made_of = _made_of(state, tenant, start_us, settings, fixes)
    signature = _signature(made_of)
    known = state.closed.get((tenant, start_us))
    if known is not None and known.signature == signature:
        return None
    window, reference, _, chain, fixed = made_of
    outcome = analyse(window, reference, chain, 1 if known is None else known.revision + 1, settings, fixed)
    return _closing(window, outcome, known, signature, _is_told(state, start_us, settings))


def signature_now(
    state: State, tenant: str, start_us: int, settings: Settings, fixes: Collection[Resolution] = ()
) -> int:
    """Of what the window's report would be made of now."""
    return _signature(_made_of(state, tenant, start_us, settings, fixes))


def settle(state: State, closing: Closing) -> None:
    """Notes that a window's outcome was delivered; the windows after it may have something new to say."""
    state.close(closing.tenant, closing.start_us, closing.closed, closing.chain)
    state.changed.discard((closing.tenant, closing.start_us))
    state.changed |= {w for w in state.closed if w[0] == closing.tenant and w[1] > closing.start_us}


def _closing(
    window: Window, outcome: Outcome, known: Closed | None, signature: int, is_told: Callable[[Alert], bool]
) -> Closing:
    said = known.alerts if known else ()
    first = known.interactions if known else window.interactions
    alerts = [alert for alert in outcome.alerts if alert.alert_id not in said and not is_told(alert)]
    late = max(0, window.interactions - first)
    return Closing(
        window.tenant,
        window.start_us,
        [msgspec.structs.replace(report, late=late) for report in outcome.reports],
        outcome.clusters,
        alerts,
        Closed(
            outcome.reports[0].revision,
            signature,
            first,
            tuple(sorted({*said, *(alert.alert_id for alert in alerts)})),
        ),
        msgspec.msgpack.encode(outcome.chain),
    )


def _is_told(state: State, start_us: int, settings: Settings) -> Callable[[Alert], bool]:
    """Whether a drift was said with another window: a revision may move its begin, and it is still that drift."""
    reach_us = QUIET_WINDOWS * settings.windows.seconds * MICROSECONDS

    def is_told(alert: Alert) -> bool:
        return alert.kind == "drift" and any(
            alert_id(alert.kind, tenant, alert.agent, alert.subject, other_us) in closed.alerts
            for (tenant, other_us), closed in state.closed.items()
            if tenant == alert.tenant and other_us != start_us and abs(other_us - start_us) <= reach_us
        )

    return is_told


def _reference(state: State, tenant: str, start_us: int, settings: Settings) -> Window | None:
    """The windows just before this one, as one, without texts."""
    first_us = start_us - settings.windows.reference_windows * settings.windows.seconds * MICROSECONDS
    before = [place for place in state.windows if place[0] == tenant and first_us <= place[1] < start_us]
    return joined(bare(state.window(*place)) for place in before) if before else None


def _chain(tenant: str, content: bytes) -> Chain:
    if content:
        return msgspec.msgpack.decode(content, type=Chain)
    return Chain(ClusterState(tenant=tenant, embedder=EMBEDDER))


def _made_of(state: State, tenant: str, start_us: int, settings: Settings, fixes: Collection[Resolution]) -> _MadeOf:
    before = state.chains.before(tenant, start_us)
    chain = _chain(tenant, before)
    return _MadeOf(
        state.window(tenant, start_us),
        chain.watch.first if settings.windows.reference == "frozen" else _reference(state, tenant, start_us, settings),
        before,
        chain,
        between(fixes, chain.start_us, start_us),
    )


def _signature(made_of: _MadeOf) -> int:
    sources = (made_of.window.signature(), made_of.reference and made_of.reference.signature())
    of_sources = zlib.crc32(msgspec.msgpack.encode(sources))
    return zlib.crc32("".join(made_of.fixed).encode(), zlib.crc32(made_of.before, of_sources))


def closings(
    state: State, horizon: Horizon, settings: Settings, fixes: Collection[Resolution] = ()
) -> Iterator[Closing]:
    """Closes whatever is due at once, as a recomputation does: the live service delivers in between."""
    while waiting := due(state, horizon):
        tenant, start_us = waiting[0]
        closing = close(state, tenant, start_us, settings, fixes)
        if closing is None:
            state.changed.discard((tenant, start_us))
        else:
            settle(state, closing)
            yield closing
