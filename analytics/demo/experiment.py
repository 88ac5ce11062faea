"""A week of an A/B test, told in a minute: both routers answer, users rate what they get, the framework reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.asking import of_store
from analytics.demo.live import count, wait
from analytics.demo.truth import Truth
from analytics.experiments import ABTestFramework, Plan
from analytics.registry import Registry
from headrace.client import ProductionInteractionLogger
from headrace.router.live import LiveRouter
from headrace.settings import Settings

EXPERIMENT_DAYS = 7
USERS = 600
TURNS_A_DAY = 500
"""Of the A/B test: enough to see a difference of a tenth of a star in a week."""


def compare(
    settings: Settings,
    registry: Registry,
    router: LiveRouter,
    candidate: str,
    questions: Sequence[tuple[str, Truth]],
) -> tuple[str, str]:
    """What to do, and why: the candidate beside the version in production."""
    since = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=EXPERIMENT_DAYS)
    registry.compare(candidate, 0.5, since)
    registry.announce(settings.kafka)
    running = registry.current().experiment
    assert running is not None
    wait(lambda: _in_experiment(router), "the experiment did not reach the agent")
    logged = _rated_traffic(settings, router, since, questions)
    name = running.experiment.name
    stored = f"SELECT count(*) AS n FROM interactions WHERE experiment = '{name}'"
    wait(lambda: count(settings, stored) >= logged, "the experiment's traffic was not stored")
    framework = ABTestFramework(running.experiment, Plan(looks=EXPERIMENT_DAYS))
    report = framework.report(of_store(settings))
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


def _in_experiment(router: LiveRouter) -> bool:
    routed = router.route("hello", "nobody")
    return routed is not None and routed.assignment is not None
