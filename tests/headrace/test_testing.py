from typing import Any

import pytest

from headrace.client import FeedbackCollector
from headrace.errors import Poison
from headrace.events import Feedback, ProductionInteraction
from headrace.ids import ID_KEY_VARIABLE
from headrace.testing import CapturingLogger

FIELDS: dict[str, Any] = {"agent_selected": "billing", "user_query": "I am ada@example.org", "user_id": "ada"}


@pytest.fixture
def logger(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    monkeypatch.delenv(ID_KEY_VARIABLE)
    return CapturingLogger()


def test_a_program_sees_its_events_as_raw_would(logger: CapturingLogger) -> None:
    interaction_id = logger.log(**FIELDS)
    FeedbackCollector(logger).record(interaction_id, score=2)
    logger.log_many([ProductionInteraction(**FIELDS)])
    first, feedback, _ = logger.events
    assert isinstance(first, ProductionInteraction)
    assert isinstance(feedback, Feedback)
    assert (first.interaction_id, feedback.interaction_id) == (interaction_id, interaction_id)
    assert (first.user_query, (first.user_id or "")[:3]) == ("I am [EMAIL]", "h1:")
    assert logger.close().delivered == 3


def test_a_mistake_fails_the_programs_test(logger: CapturingLogger) -> None:
    with pytest.raises(Poison, match=r"missing_field at \$\.user_query"):
        logger.log(agent_selected="billing")
    with pytest.raises(Poison, match="wrong_type"):
        logger.log(**FIELDS, metadata={"object": object()})
