"""The loop closes: a better router from the store, a worse one refused, and no run lost."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from analytics.asking import of_store
from analytics.labels import book
from analytics.retraining import IncrementalRetrainingPipeline, examples
from analytics.retraining.examples import IMPLICIT_WEIGHT, table, target
from analytics.retraining.pipeline import run_of
from consumers.lake.store import Store
from consumers.windows.reports import Alert, encode
from headrace.errors import ConfigError
from headrace.events import Label
from headrace.ids import KeyRing
from headrace.router import Router
from headrace.settings import CONFIG_VARIABLE, ActiveLearning, Settings
from headrace.states import fetch
from headrace.topics import REPORTS
from tests.analytics.retraining.support import AGENTS, TURNS, settings_in, store, tell, turn
from tests.conftest import write_settings
from tests.consumers.lake.support import NOON, batch, interaction_id

pytestmark = pytest.mark.slow

STEPS = ("unfinished", "dataset", "model", "evaluation")
LATER = NOON + timedelta(days=3)


def retrain(settings: Settings) -> IncrementalRetrainingPipeline:
    pipeline = IncrementalRetrainingPipeline(settings)
    asyncio.run(pipeline.retrain())
    return pipeline


def drift_alert(at: datetime) -> bytes:
    window = int(at.timestamp() * 1_000_000)
    return encode(
        Alert(
            alert_id=f"drift-{window}",
            kind="drift",
            severity="warning",
            tenant="default",
            agent="*",
            start_us=window,
            subject="agents",
            summary="",
            runbook="",
        )
    )


def test_a_router_is_learnt_from_the_store_and_can_be_traced_back(learning: Settings, tmp_path: Path) -> None:
    pipeline = IncrementalRetrainingPipeline(learning)
    outcome = asyncio.run(pipeline.retrain())
    assert outcome.accepted
    assert outcome.evaluation.after["all"].lower > 0.95
    assert outcome.held_out == TURNS // 5
    assert TURNS * 0.6 < outcome.examples < TURNS * 0.8  # one in ten of the earlier sessions is kept back
    (manifest,) = pipeline.registry.manifests()
    assert manifest.lineage.events == TURNS
    assert Path(manifest.lineage.dataset_uri.removeprefix("file://")).exists()
    pipeline.registry.promote(outcome.version)
    production = pipeline.registry.current().production
    assert production is not None
    router = Router.load(fetch(production, tmp_path / "agent") / "router.json")
    assert router.decide("my parcel is lost").agent == "delivery"


def test_a_model_that_breaks_one_agent_is_refused_and_says_which(learning: Settings) -> None:
    """Somebody mislabels: what was billing's is now delivery's, in training and nowhere else."""
    pipeline = retrain(learning)
    pipeline.registry.promote(pipeline.registry.manifests()[-1].version)
    wrong = (turn(n, "delivery" if n % 3 == 0 else None) for n in range(TURNS, 5 * TURNS))
    right = map(turn, range(5 * TURNS, 6 * TURNS + 300))
    store(learning, [*wrong, *right])
    outcome = asyncio.run(pipeline.retrain())
    assert not outcome.accepted
    assert any("billing" in reason for reason in outcome.reasons)
    with pytest.raises(ConfigError, match="refused at the gate"):
        pipeline.registry.promote(outcome.version)
    run = run_of(pipeline.registry.manifest(outcome.version), outcome.evaluation)
    assert (run.accepted, run.parent) == (False, pipeline.registry.manifests()[0].version)
    assert {score.slice: score.accuracy for score in run.scores}["agent billing"] < 0.5


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    store(settings, [turn(0), turn(3)])
    with pytest.raises(ConfigError, match="headrace label"):
        retrain(settings)


def test_when_it_is_due(learning: Settings) -> None:
    pipeline = IncrementalRetrainingPipeline(learning)
    assert pipeline.new_samples() == (None, TURNS)
    assert pipeline.should_retrain(None, 10)
    assert not pipeline.should_retrain(datetime.now(UTC) - timedelta(days=1), 10_000)
    assert not pipeline.should_retrain(None, 9)
    retrain(learning)
    last, new = pipeline.new_samples()
    assert last is not None
    assert new == 0


def test_old_interactions_that_get_labels_are_new_samples(learning: Settings) -> None:
    pipeline = retrain(learning)
    labels = [
        Label(interaction_id=interaction_id(n), annotator="ann", name="agent", value="billing", timestamp=LATER)
        for n in range(30)
    ]
    with Store(learning) as opened:
        opened.write(batch(labels, offset=TURNS))
    assert pipeline.new_samples()[1] == 30
    assert not pipeline.stands().is_due


def test_an_alert_of_drift_makes_it_due(learning: Settings) -> None:
    pipeline = retrain(learning)
    store(learning, map(turn, range(TURNS, TURNS + 30)))
    assert "next weekly" in pipeline.stands().reason
    tell(learning, REPORTS, drift_alert(NOON))
    assert not pipeline.stands().is_due
    tell(learning, REPORTS, drift_alert(datetime.now(UTC) + timedelta(hours=1)))
    assert pipeline.stands().is_due
    assert "drifted" in pipeline.stands().reason


def test_the_adjudicators_word_is_trained_on_where_annotators_disagree(tmp_path: Path) -> None:
    said = [("ann", "billing"), ("bob", "delivery"), ("chief", "account")]
    labels = [
        Label(interaction_id=interaction_id(0), annotator=annotator, name="agent", value=value, timestamp=LATER)
        for annotator, value in said
    ]
    for adjudicator, taught in (("", []), ("chief", ["account"])):
        settings = settings_in(tmp_path / adjudicator, learning=ActiveLearning(adjudicator=adjudicator))
        pseudonym = KeyRing.from_environment().pseudonym
        sent = [msgspec.structs.replace(label, annotator=pseudonym("user", label.annotator)) for label in labels]
        store(settings, [msgspec.structs.replace(turn(0), user_feedback_score=None)])
        with Store(settings) as opened:
            opened.write(batch(sent, offset=1))
        found = examples.read(of_store(settings), LATER + timedelta(days=1), book.adjudicator(settings))
        assert found.column("label").to_pylist() == taught


@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_was_killed_goes_on_and_makes_one_version(learning: Settings, tmp_path: Path, step: str) -> None:
    path = write_settings(learning, tmp_path / "headrace.yaml")
    command = [sys.executable, "-m", "headrace.cli", "retrain", "--now", "--no-release", "--json"]
    environment = os.environ | {CONFIG_VARIABLE: str(path)}
    killed = subprocess.run(command, env=environment | {"FAULT": f"retraining.{step}:kill"}, check=False)
    assert killed.returncode == -9
    store(learning, map(turn, range(TURNS, TURNS + 30)))
    pipeline = retrain(learning)
    (manifest,) = pipeline.registry.manifests()
    assert manifest.lineage.events == (TURNS if step in ("model", "evaluation") else TURNS + 30)
    assert not (learning.storage / "runs" / "unfinished.json").exists()


def test_labels_weigh_more_than_corrections_than_ratings() -> None:
    row = {"interaction_id": "1", "agent_selected": "billing", "rating": 5.0, "correct_agent": "delivery"}
    assert target(row, "account") == ("account", 1.0, "label")
    assert target(row) == ("delivery", 1.0, "correction")
    assert target(row | {"correct_agent": None}) == ("billing", IMPLICIT_WEIGHT, "rating")
    assert target(row | {"correct_agent": None, "rating": 2.0}) is None


def test_a_good_rating_vouches_for_an_agent_only_where_the_router_was_sure() -> None:
    row = {"agent_selected": "billing", "rating": 5.0}
    taught = [target(row | {"routing_confidence": sure}) for sure in (None, 0.9, 0.6, 0.59)]
    assert [found is not None for found in taught] == [True, True, True, False]


def test_a_rarely_chosen_agent_counts_for_those_it_stands_for_up_to_ten() -> None:
    row = {"agent_selected": "billing", "rating": 5.0}
    weights = [found.weight for p in (1.0, 0.5, 0.1, 0.001) if (found := target(row | {"propensity": p}))]
    assert weights == pytest.approx([0.3, 0.6, 3.0, 3.0])


def test_rows_that_teach_nothing_are_left_out() -> None:
    rows = [{"interaction_id": str(n), "agent_selected": AGENTS[0], "rating": float(n)} for n in range(1, 6)]
    assert table(rows, {"1": "delivery"}).column("interaction_id").to_pylist() == ["1", "4", "5"]
