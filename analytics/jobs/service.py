"""The schedule as a service.

Guarantee: at-least-once, one job at a time, each begun at its hour while this process lives. A retraining that was
cut off goes on at the next start; any other job that was missed runs at its next hour. What a job does twice has the
effect of once.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from analytics.jobs.table import JOBS, Job
from headrace.errors import HeadraceError
from headrace.service import Heartbeat, Shutdown
from headrace.settings import Settings

POLL_S = 0.5

log = structlog.get_logger("jobs")


def run(settings: Settings) -> None:
    """Runs the schedule until SIGTERM or Ctrl-C; a job that has begun is finished."""
    shutdown, heartbeat = Shutdown().install(), Heartbeat(settings.storage, "jobs")
    scheduler = schedule(settings)
    scheduler.start()
    log.info("jobs.started", jobs=[job.name for job in JOBS])
    while not shutdown.requested:
        heartbeat.beat()
        time.sleep(POLL_S)
    scheduler.shutdown(wait=True)
    log.info("jobs.stopped")


def schedule(settings: Settings, jobs: tuple[Job, ...] = JOBS) -> BackgroundScheduler:
    """A scheduler with all jobs; where a retraining was cut off, it goes on at once."""
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
    for job in jobs:
        scheduler.add_job(
            partial(do, job, settings),
            CronTrigger.from_crontab(job.cron, UTC),
            id=job.name,
            coalesce=True,
            misfire_grace_time=None,
            **({"next_run_time": datetime.now(UTC)} if job.name == "retrain" and _is_cut_off(settings) else {}),
        )
    return scheduler


def do(job: Job, settings: Settings) -> None:
    """Runs one job; what fails is told and tried again at its next hour."""
    try:
        log.info("jobs.done", job=job.name, outcome=job.run(settings))
    except HeadraceError as error:
        log.warning("jobs.failed", job=job.name, error=str(error))
    except Exception as error:
        log.error("jobs.failed", job=job.name, error=type(error).__name__)


def _is_cut_off(settings: Settings) -> bool:
    return (settings.storage / "runs" / "unfinished.json").exists()
