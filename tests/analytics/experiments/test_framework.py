"""An experiment read from the store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from analytics.experiments import ABTestFramework, Experiment, Plan, running
from analytics.experiments.framework import Report
from analytics.live import connect
from analytics.registry import registry_of
from consumers.lake.store import Store
from headrace.events import ProductionInteraction
from headrace.settings import ContinualLearning, Logging, Retraining, Settings
from tests.analytics.registry.test_registry import add
from tests.consumers.lake.support import CLEAN_TOPIC, NOON, REJECTED_TOPIC, batch, feedback, interaction

USERS = 400
DAYS = 4
EXPERIMENT = Experiment(name="router-7", control="6", candidate="7", share=0.5, since=NOON)


def seen(number: int, experiment: Experiment, **fields: object) -> ProductionInteraction:
    """Interaction `number` of one of the users, a day later for every USERS; the candidate is rated better."""
    user = f"user-{number % USERS}"
    assignment = experiment.assign(user)._asdict()
    rating = 4.0 + number % 2 * 0.5 if assignment["variant"] == "7" else 3.0 + number % 2 * 0.5
    moment = NOON + timedelta(days=number // USERS)
    return interaction(
        number, **({"user_id": user, "timestamp": moment, "user_feedback_score": rating} | assignment | fields)
    )


@pytest.fixture
def store(tmp_path: Path) -> Settings:
    settings = Settings(continual_learning=ContinualLearning(logging=Logging(storage=tmp_path / "store")))
    with Store(settings) as opened:
        opened.begin(CLEAN_TOPIC, "clean-id", 1)
        opened.begin(REJECTED_TOPIC, "rejected-id", 1)
        others = [interaction(90_000, timestamp=NOON, experiment="other", variant="7", user_id="user-1")]
        events = [seen(number, EXPERIMENT) for number in range(USERS * DAYS)]
        opened.write(batch([*events, *others, feedback(0, score=1.0)]))
    return settings


def report(settings: Settings, experiment: Experiment, days: int) -> Report:
    with connect(settings) as live:

        def ask(sql: str) -> pa.Table:
            return live.query(sql).read_all()

        return ABTestFramework(experiment, Plan(looks=DAYS)).report(ask, NOON + timedelta(days=days))


def test_a_better_candidate_is_promoted_in_words(store: Settings) -> None:
    found = report(store, EXPERIMENT, DAYS)
    assert found.action == "promote"
    assert "mean rating 4.2" in found.reason
    best = found.reading.comparisons[0]
    assert best.units_control + best.units_candidate == USERS
    assert not found.reading.mismatch.is_mismatch


@pytest.mark.parametrize("metric", ["rating", "latency"])
def test_the_settings_say_what_decides_and_for_how_many_days(store: Settings, tmp_path: Path, metric: str) -> None:
    chosen = msgspec.convert({"deciding_metric": metric, "planned_days": 3}, Retraining)
    learning = msgspec.structs.replace(store.continual_learning, retraining=chosen)
    settings = msgspec.structs.replace(store, continual_learning=learning)
    registry = registry_of(settings)
    registry.promote(add(registry, tmp_path, "run-1").version)
    registry.compare(add(registry, tmp_path, "run-2").version, 0.5, since=NOON)
    with connect(settings) as live:
        found = running.report(settings, live)
    assert found is not None
    assert (found.reading.comparisons[0].metric, found.reading.plan.looks) == (metric, 3)


def test_it_changes_once_a_day(store: Settings) -> None:
    assert [len(report(store, EXPERIMENT, day).reading.looks) for day in range(DAYS + 2)] == [0, 1, 2, 3, 4, 4]


def test_late_ratings_replace_those_sent_along(store: Settings) -> None:
    """The one rating of 1 that came later lowers its user's variant."""
    rated = report(store, EXPERIMENT, DAYS).reading.comparisons[0]
    variant = EXPERIMENT.assign("user-0").variant
    mean = rated.candidate if variant == "7" else rated.control
    assert mean not in (3.0, 3.25, 4.0, 4.25, 4.5)


def test_who_was_there_before_a_ramp_is_not_compared(store: Settings) -> None:
    ramped = EXPERIMENT.ramped(0.8, since=NOON + timedelta(days=DAYS - 1, hours=-1))
    found = report(store, ramped, 2 * DAYS)
    assert found.reading.comparisons[0].units_control == 0
    assert found.action in ("wait", "keep")


def test_a_report_survives_json(store: Settings) -> None:
    found = report(store, EXPERIMENT, DAYS)
    assert msgspec.json.decode(msgspec.json.encode(found))["action"] == "promote"
