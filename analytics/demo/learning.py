"""The loop closes in the demo: select, label, retrain, compare, promote, refuse a worse one, roll back.

The simulator knows which agent each question belongs to, and plants a drift: from then on a quarter of the sessions
ask something new, which the first router sends anywhere. Annotators are played by that truth; nothing else of it is
used, but to score.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pyarrow as pa

from analytics.asking import of_store
from analytics.demo.experiment import compare
from analytics.demo.live import count, wait
from analytics.demo.traffic import PROBE
from analytics.demo.truth import Truth, read_truth, scores
from analytics.labels import book
from analytics.labels.task import Labelled
from analytics.retraining import IncrementalRetrainingPipeline, Outcome
from analytics.selection import queue
from analytics.selection.selector import ActiveLearningSelector
from headrace.embedding import embedder
from headrace.router.live import LiveRouter
from headrace.settings import Settings

SCORED = 4_000
"""Held-back interactions on which routers are scored by the truth."""
BROKEN_AGENT, GIVEN_TO = "billing", "travel"
"""The planted worse model has learnt that one agent's questions are another's."""


class Learnt(msgspec.Struct, kw_only=True):
    """The loop in figures; accuracies by the truth, on what no router was trained on."""

    first: str
    second: str
    before: dict[str, float]
    after: dict[str, float]
    selected: int
    selected_novel: int
    """Of the selected, how many ask what only the drift brought."""
    held_out: dict[str, list[float]]
    """The gate's own accuracies by slice, before and after."""
    refused: list[str]
    """Why the planted worse model was refused."""
    recommendation: str
    action: str
    rolled_back_to: str


def learn(settings: Settings, truth_file: Path) -> Learnt:
    """Runs the loop over the store that the demo has filled. Raises DemoFailed where a part of it does not come."""
    drift_at, truth = read_truth(truth_file)
    pipeline = IncrementalRetrainingPipeline(settings)
    first = asyncio.run(pipeline.retrain(until=drift_at))
    pipeline.release(first)
    router = LiveRouter(settings)
    try:
        return _after_first(settings, pipeline, router, first, truth)
    finally:
        router.close()


def _after_first(
    settings: Settings,
    pipeline: IncrementalRetrainingPipeline,
    router: LiveRouter,
    first: Outcome,
    truth: Mapping[str, Truth],
) -> Learnt:
    wait(lambda: _version(router) == first.version, "the first router did not reach the agent")
    texts = _held_back(settings)
    before = scores(router, texts, truth)
    selected = _label(settings, router, truth)
    second = asyncio.run(pipeline.retrain())
    refused = _planted_worse(settings, pipeline)
    questions = [(text, truth[id_]) for id_, text in texts.items() if id_ in truth]
    action, reason = compare(settings, pipeline.registry, router, second.version, questions)
    pipeline.registry.promote(second.version)
    pipeline.registry.announce(settings.kafka)
    wait(lambda: _version(router) == second.version, "the second router did not reach the agent")
    after = scores(router, texts, truth)
    pipeline.registry.roll_back()
    pipeline.registry.announce(settings.kafka)
    wait(lambda: _version(router) == first.version, "the rollback did not reach the agent")
    return Learnt(
        first=first.version,
        second=second.version,
        before=before,
        after=after,
        selected=len(selected),
        selected_novel=sum(truth[id_].is_novel for id_ in selected if id_ in truth),
        held_out=_by_slice(second),
        refused=refused,
        recommendation=reason,
        action=action,
        rolled_back_to=first.version,
    )


def _held_back(settings: Settings) -> dict[str, str]:
    """The texts of the last interactions, which no router is trained on: they are the gate's."""
    rows = of_store(settings)(
        f"""SELECT interaction_id::VARCHAR AS id, user_query AS text FROM interactions
            WHERE len(user_query) > 0 AND agent_selected <> '{PROBE}' ORDER BY interaction_id DESC LIMIT {SCORED}""",
    )
    return dict(zip(rows.column("id").to_pylist(), rows.column("text").to_pylist(), strict=True))


def _label(settings: Settings, router: LiveRouter, truth: Mapping[str, Truth]) -> list[str]:
    """Selects, lets the truth annotate, and waits until the labels are stored."""
    model = router.router
    assert model is not None
    selector = ActiveLearningSelector(settings, embed=embedder("static"), predict=model.probabilities)
    selection = selector.select_for_annotation()
    queue.publish(settings, selection)
    ids = [selected.interaction_id for selected in selection.selected]
    now = datetime.now(UTC)
    answers = [
        Labelled(interaction_id=id_, annotator="truth", value=truth[id_].agent, timestamp=now)
        for id_ in ids
        if id_ in truth
    ]
    book.send(settings, answers)
    wait(lambda: count(settings, "SELECT count(*) AS n FROM labels") >= len(answers), "the labels were not stored")
    return ids


def _planted_worse(settings: Settings, pipeline: IncrementalRetrainingPipeline) -> list[str]:
    """Trains on a store in which one agent's questions are said to be another's, but for what is held out."""
    cut = pipeline.registry.manifests()[-1].lineage.last_event
    assert cut is not None

    ask = of_store(settings)

    def poisoned(sql: str) -> pa.Table:
        rows = ask(sql)
        return _poison(rows, cut - timedelta(days=6)) if "agent_selected" in rows.column_names else rows

    return asyncio.run(IncrementalRetrainingPipeline(settings, ask=poisoned).retrain()).reasons


def _poison(rows: pa.Table, until: datetime) -> pa.Table:
    said = rows.to_pylist()
    for row in said:
        if row["timestamp"] < until:
            for name in ("agent_selected", "correct_agent"):
                row[name] = GIVEN_TO if row[name] == BROKEN_AGENT else row[name]
    return pa.Table.from_pylist(said, rows.schema)


def _by_slice(outcome: Outcome) -> dict[str, list[float]]:
    measured = outcome.evaluation
    before = measured.before or {}
    return {
        name: [before[name].value if name in before else float("nan"), score.value]
        for name, score in measured.after.items()
    }


def _version(router: LiveRouter) -> str | None:
    routed = router.route("hello", "nobody")
    return None if routed is None or routed.assignment is not None else routed.version
