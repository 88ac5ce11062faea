"""The loop closes in the demo: select, label, retrain, compare, promote, refuse a worse one, roll back.

The simulator knows which agent each question belongs to, and plants a drift: from then on a quarter of the sessions
ask something new, which the first router sends anywhere. Annotators are played by that truth; nothing else of it is
used, but to score.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from analytics.demo.setting import DemoFailed
from analytics.experiments import ABTestFramework, Plan
from analytics.labels import book
from analytics.labels.task import Labelled
from analytics.live import connect
from analytics.retraining import IncrementalRetrainingPipeline, Outcome
from analytics.selection import queue
from analytics.selection.selector import ActiveLearningSelector
from headrace.client import ProductionInteractionLogger
from headrace.embedding import embedder
from headrace.router.live import LiveRouter
from headrace.settings import Settings

NOVEL = "novelty"
"""The simulator's intent of what only the drift brings."""
SCORED = 4_000
"""Held-back interactions on which routers are scored by the truth."""
EXPERIMENT_DAYS = 7
USERS = 600
TURNS_A_DAY = 500
"""Of the A/B test: enough to see a difference of a tenth of a star in a week."""
BROKEN_AGENT, GIVEN_TO = "billing", "travel"
"""The planted worse model has learnt that one agent's questions are another's."""
TIMEOUT_S = 90.0
POLL_S = 0.1


class Truth(msgspec.Struct, frozen=True):
    """What the simulator knows of an interaction."""

    agent: str
    is_novel: bool


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
    _wait(lambda: _version(router) == first.version, "the first router did not reach the agent")
    texts = _held_back(settings)
    before = _scores(router, texts, truth)
    selected = _label(settings, router, truth)
    second = asyncio.run(pipeline.retrain())
    refused = _planted_worse(settings, pipeline)
    report = _compare(settings, pipeline, router, second, texts, truth)
    pipeline.registry.promote(second.version)
    pipeline.registry.announce(settings.kafka)
    _wait(lambda: _version(router) == second.version, "the second router did not reach the agent")
    after = _scores(router, texts, truth)
    pipeline.registry.roll_back()
    pipeline.registry.announce(settings.kafka)
    _wait(lambda: _version(router) == first.version, "the rollback did not reach the agent")
    return Learnt(
        first=first.version,
        second=second.version,
        before=before,
        after=after,
        selected=len(selected),
        selected_novel=sum(truth[id_].is_novel for id_ in selected if id_ in truth),
        held_out=_by_slice(second),
        refused=refused,
        recommendation=report[1],
        action=report[0],
        rolled_back_to=first.version,
    )


def read_truth(path: Path) -> tuple[datetime, dict[str, Truth]]:
    """When the drift begins, and what each interaction's right agent is."""
    drift_at, truth = datetime.max.replace(tzinfo=UTC), {}
    with path.open("rb") as lines:
        for said in map(json.loads, lines):
            if said["type"] == "drift":
                drift_at = datetime.fromisoformat(said["at"])
            elif said["type"] == "interaction":
                truth[said["interaction_id"]] = Truth(said["right_agent"], said["intent"] == NOVEL)
    return drift_at, truth


def _held_back(settings: Settings) -> dict[str, str]:
    """The texts of the last interactions, which no router is trained on: they are the gate's."""
    rows = _ask(
        settings,
        f"""SELECT interaction_id::VARCHAR AS id, user_query AS text FROM interactions
            WHERE len(user_query) > 0 AND agent_selected <> 'probe' ORDER BY interaction_id DESC LIMIT {SCORED}""",
    )
    return dict(zip(rows.column("id").to_pylist(), rows.column("text").to_pylist(), strict=True))


def _scores(router: LiveRouter, texts: Mapping[str, str], truth: Mapping[str, Truth]) -> dict[str, float]:
    known = {id_: text for id_, text in texts.items() if id_ in truth}
    routed = [router.route(text, id_) for id_, text in known.items()]
    right = np.array(
        [one is not None and one.decision.agent == truth[id_].agent for one, id_ in zip(routed, known, strict=True)]
    )
    novel = np.array([truth[id_].is_novel for id_ in known])
    return {"known questions": float(right[~novel].mean()), "new questions": float(right[novel].mean())}


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
    _wait(lambda: _count(settings, "SELECT count(*) AS n FROM labels") >= len(answers), "the labels were not stored")
    return ids


def _planted_worse(settings: Settings, pipeline: IncrementalRetrainingPipeline) -> list[str]:
    """Trains on a store in which one agent's questions are said to be another's, but for what is held out."""
    cut = pipeline.registry.manifests()[-1].lineage.last_event
    assert cut is not None

    def poisoned(sql: str) -> pa.Table:
        rows = _ask(settings, sql)
        return _poison(rows, cut - timedelta(days=6)) if "agent_selected" in rows.column_names else rows

    return asyncio.run(IncrementalRetrainingPipeline(settings, ask=poisoned).retrain()).reasons


def _poison(rows: pa.Table, until: datetime) -> pa.Table:
    said = rows.to_pylist()
    for row in said:
        if row["timestamp"] < until:
            for name in ("agent_selected", "correct_agent"):
                row[name] = GIVEN_TO if row[name] == BROKEN_AGENT else row[name]
    return pa.Table.from_pylist(said, rows.schema)


def _compare(
    settings: Settings,
    pipeline: IncrementalRetrainingPipeline,
    router: LiveRouter,
    second: Outcome,
    texts: Mapping[str, str],
    truth: Mapping[str, Truth],
) -> tuple[str, str]:
    """A week of an A/B test, told in a minute: both routers answer, users rate what they get."""
    since = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=EXPERIMENT_DAYS)
    pipeline.registry.compare(second.version, 0.5, since)
    pipeline.registry.announce(settings.kafka)
    running = pipeline.registry.current().experiment
    assert running is not None
    _wait(lambda: _in_experiment(router), "the experiment did not reach the agent")
    logged = _rated_traffic(settings, router, since, [(texts[id_], truth[id_]) for id_ in texts if id_ in truth])
    name = running.experiment.name
    stored = f"SELECT count(*) AS n FROM interactions WHERE experiment = '{name}'"
    _wait(lambda: _count(settings, stored) >= logged, "the experiment's traffic was not stored")
    framework = ABTestFramework(running.experiment, Plan(looks=EXPERIMENT_DAYS))
    report = framework.report(lambda sql: _ask(settings, sql))
    return report.action, report.reason


def _rated_traffic(
    settings: Settings, router: LiveRouter, since: datetime, questions: Sequence[tuple[str, Truth]]
) -> int:
    """Users ask, the router of their variant decides, and they rate it: well where it is right, mostly."""
    random = np.random.default_rng(0)
    logged = 0
    with ProductionInteractionLogger(settings) as logger:
        for turn in range(EXPERIMENT_DAYS * TURNS_A_DAY):
            text, right = questions[int(random.integers(len(questions)))]
            user = f"demo-user-{random.integers(USERS)}"
            routed = router.route(text, user)
            assert routed is not None
            good = random.random() < (0.9 if routed.decision.agent == right.agent else 0.2)
            logger.log(
                user_query=text,
                response="As you wish.",
                user_id=user,
                session_id=f"{user}-{turn}",
                timestamp=since + timedelta(days=turn // TURNS_A_DAY, minutes=turn % TURNS_A_DAY),
                user_feedback_score=float(random.integers(4, 6) if good else random.integers(1, 3)),
                **routed.fields,
            )
            logged += 1
    return logged


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


def _in_experiment(router: LiveRouter) -> bool:
    routed = router.route("hello", "nobody")
    return routed is not None and routed.assignment is not None


def _ask(settings: Settings, sql: str) -> pa.Table:
    with connect(settings) as store:
        return store.query(sql).read_all()


def _count(settings: Settings, sql: str) -> int:
    rows: list[dict[str, Any]] = _ask(settings, f"{sql} LIMIT 1").to_pylist()
    return int(rows[0]["n"])


def _wait(until: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not until():
        if time.monotonic() > deadline:
            raise DemoFailed(f"{otherwise} within {TIMEOUT_S:g} s")
        time.sleep(POLL_S)
