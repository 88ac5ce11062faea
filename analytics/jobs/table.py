"""What is done when, without anybody asking: each job a function of the settings that says what it did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from headrace.settings import Settings


@dataclass(frozen=True)
class Job:
    """One job; `cron` is minute, hour, day, month and weekday (UTC)."""

    name: str
    cron: str
    run: Callable[[Settings], str]


def retrain(settings: Settings) -> str:
    """Trains the router where it is due, and puts to use what the gate lets pass."""
    from analytics.retraining import IncrementalRetrainingPipeline

    pipeline = IncrementalRetrainingPipeline(settings)
    answer = pipeline.stands()
    return pipeline.release(asyncio.run(pipeline.retrain())) if answer.is_due else answer.reason


def select(settings: Settings) -> str:
    """Queues the next interactions for annotators."""
    from analytics.selection.cycle import next_cycle

    return f"{len(next_cycle(settings).selected)} more interactions wait for `headrace label`"


def rag_index(settings: Settings) -> str:
    """Brings the RAG index up to date."""
    from analytics.rag_index.refresh import refresh

    made = refresh(settings)
    return f"{made.entries} entries in {made.version}, recall {made.after.value:.3f}"


def experiment(settings: Settings) -> str:
    """Says how the running A/B test stands."""
    from analytics.experiments.running import report
    from analytics.live import connect

    with connect(settings) as store:
        stands = report(settings, store)
    return "no experiment is running" if stands is None else f"{stands.action}: {stands.reason}"


def expire(settings: Settings) -> str:
    """Removes what is past `retention_days` from queues, datasets and exports; the lake does so in the store."""
    from analytics.privacy.expiring import expire as run

    return f"{len(run(settings))} files changed or went"


JOBS = (
    Job("expire", "20 0 * * *", expire),
    Job("retrain", "0 2 * * *", retrain),
    Job("rag_index", "30 2 * * *", rag_index),
    Job("experiment", "10 0 * * *", experiment),
    Job("select", "0 3 * * 1", select),
)
"""Nightly, when agents are asked least; `retrain` asks the schedule of the settings whether it is due."""
