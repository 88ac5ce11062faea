"""What a new model is judged on: later sessions, and the past that was kept back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from analytics.retraining.judging import evaluate
from analytics.retraining.split import split

ASKED = 6_000
LEFT = 3_000
"""From then on nobody asks the third agent."""


class Says:
    """A router that knows both agents, and names one for what could be meant for either."""

    def __init__(self, agent: str) -> None:
        self._agent = agent

    def predict(self, texts: Sequence[str]) -> list[str]:
        return [self._agent if text == "thanks, bye" else text for text in texts]


class Knows:
    """A router that knows some agents, and sends all else to billing."""

    def __init__(self, *agents: str) -> None:
        self._agents = agents

    def predict(self, texts: Sequence[str]) -> list[str]:
        return [text if text in self._agents else "billing" for text in texts]


def test_a_model_that_forgot_an_agent_that_nobody_asks_any_more_is_refused() -> None:
    agents = ["billing", "travel", "legal"]
    asked = [agents[n % (3 if n < LEFT else 2)] for n in range(ASKED)]
    sessions = np.array([f"session-{n}" for n in range(ASKED)])
    examples = pa.table(
        {"interaction_id": sessions, "session_id": sessions, "text": asked, "label": asked},
    )
    parts = split(sessions, np.arange(float(ASKED)))
    found = evaluate(Knows("billing", "travel"), Knows(*agents), examples, parts, {})
    assert not found.accepted
    assert found.gate is not None
    assert [reason.split(":")[0] for reason in found.gate.reasons] == ["agent legal"]
    assert found.after["all"].rows == parts.held_out.sum()
    assert found.after["agent legal"].rows == (parts.kept_back & (np.array(asked) == "legal")).sum() > 0
    assert evaluate(Knows(*agents), Knows(*agents), examples, parts, {}).accepted


def test_whom_a_text_that_is_said_to_all_goes_to_breaks_nobody() -> None:
    meant = ["billing", "travel"] * (ASKED // 2)
    asked = [agent if n % 9 else "thanks, bye" for n, agent in enumerate(meant)]
    sessions = np.array([f"session-{n}" for n in range(ASKED)])
    examples = pa.table(
        {"interaction_id": sessions, "session_id": sessions, "text": asked, "label": meant},
    )
    parts = split(sessions, np.arange(float(ASKED)))
    assert evaluate(Says("travel"), Says("billing"), examples, parts, {}).accepted
