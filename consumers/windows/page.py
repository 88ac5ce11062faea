"""The page that shows the open windows and how far each source partition has come: JSON, for people and programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from consumers.metrics import Metrics
from consumers.windows.state import State
from consumers.windows.worker import Worker
from headrace.settings import Settings


def overview(worker: Worker, settings: Settings, metrics: Metrics) -> Callable[..., Awaitable[Any]]:
    """The page's handler."""

    async def show(view: Any, _request: Any) -> Any:
        return view.json(
            {
                "seconds": settings.windows.seconds,
                "lateness_seconds": settings.windows.lateness_seconds,
                "lag_records": {str(number): records for number, records in metrics.latest_lag.items()},
                "partitions": {str(shard): _shard(state) for shard, state in sorted(worker.shards().items())},
            }
        )

    return show


def _shard(state: State) -> dict[str, Any]:
    return {
        "watermark": _moment(state.watermark_us),
        "open": [_window(state, *window) for window in state.windows if window not in state.closed],
        "closed": [
            {**_window(state, *window), "revision": state.closed[window].revision}
            for window in state.windows
            if window in state.closed
        ],
        "sources": {
            str(number): {"next_offset": p.end_offset, "event_time": _moment(p.event_time_us), "idle": p.idle}
            for number, p in sorted(state.progress.items())
        },
    }


def _window(state: State, tenant: str, start_us: int) -> dict[str, Any]:
    return {"tenant": tenant, "start": _moment(start_us), "interactions": state.interactions(tenant, start_us)}


def _moment(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1_000_000, UTC).isoformat()
