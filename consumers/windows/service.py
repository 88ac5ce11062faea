"""The windows as a service: digests into windows, windows into drift reports, failure clusters and alerts.

Guarantee: effectively-once into `headrace.reports` and `headrace.clusters`, provided that readers take the greatest
revision of a window: a revision may be written again, with the same content. The webhook is at-most-once.

Faust keeps the group and the table; what its own promises do not cover is in `consumers.windows.worker`.
"""

from __future__ import annotations

import os
import threading
import time

import faust
import structlog
from threadpoolctl import threadpool_limits

from consumers.log import configure_log
from consumers.memory import bound_arenas, give_back_large
from consumers.metrics import Metrics
from consumers.watchdog import HUNG_STATUS
from consumers.windows.app import GROUP, build
from headrace import kafka
from headrace.errors import HeadraceError
from headrace.settings import Settings
from headrace.topics import BY_NAME, DIGESTS

SERVICE = "windows"
LOOK_EVERY_S = 15.0
PATIENCE_S = 90.0
"""A worker that hangs after a rebalance (Faust #21, #606) never commits again; recovery takes seconds."""

log = structlog.get_logger(SERVICE)


def run(settings: Settings) -> None:
    """Keeps windows until SIGTERM or Ctrl-C."""
    configure_log()
    bound_arenas()
    give_back_large()
    threadpool_limits(1)  # matrices of a few hundred rows: a second thread only waits, and takes a core for it
    metrics = Metrics(settings, SERVICE)
    metrics.serve()
    app = build(settings, metrics)
    threading.Thread(target=_watch, args=(settings, metrics), name="watchdog", daemon=True).start()
    faust.Worker(app, loglevel="WARN", quiet=True, redirect_stdouts=False).execute_from_commandline()


def _watch(settings: Settings, metrics: Metrics) -> None:
    """Ends the process when there is something to take and nothing is committed."""
    since, known = time.monotonic(), dict[int, int]()
    while True:
        time.sleep(LOOK_EVERY_S)
        try:
            taken, lag = _progress(settings)
        except HeadraceError:
            since = time.monotonic()
            continue
        metrics.set_lag(lag)
        if taken != known or not any(lag.values()):
            since, known = time.monotonic(), taken
        elif time.monotonic() - since > PATIENCE_S:
            log.error("nothing is committed, though there is work; the windows end, to start again")
            os._exit(HUNG_STATUS)


def _progress(settings: Settings) -> tuple[dict[int, int], dict[int, int]]:
    """Next offset of each partition, and how many records lie behind it."""
    topic = settings.kafka.topic(DIGESTS)
    partitions = range(BY_NAME[DIGESTS].partitions)
    taken = kafka.committed(settings.kafka, GROUP, topic, partitions)
    ends = kafka.ends(settings.kafka, topic, partitions)
    return taken, {number: ends[number] - max(offset, 0) for number, offset in taken.items()}
