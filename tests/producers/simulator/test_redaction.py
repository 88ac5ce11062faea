"""What the rules find in simulated traffic is what the simulator planted: no more, no less, and of the same kind."""

from __future__ import annotations

from collections import Counter

from headrace.privacy import Sanitizer
from headrace.privacy.event import sanitize_event
from producers.simulator import Plan, simulate
from producers.simulator.truth import FeedbackTruth, InteractionTruth


def test_what_is_found_in_simulated_traffic_is_what_was_planted() -> None:
    sanitizer = Sanitizer()
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for event, truth in simulate(Plan(interactions=3000, seed=11)):
        if isinstance(truth, InteractionTruth | FeedbackTruth):
            planted.update(span.kind for span in truth.personal)
            found.update(sanitize_event(event, sanitizer)[1])
    assert found == planted
