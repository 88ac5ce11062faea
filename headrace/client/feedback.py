"""What users and annotators say about interactions, through the logger that logged them."""

from __future__ import annotations

from typing import Any

from headrace.client.logger import ProductionInteractionLogger


class FeedbackCollector:
    """Collects feedback; shares the logger's connection, numbers and promises. Closing is the logger's.

    feedback = FeedbackCollector(logger)
    feedback.record(interaction_id, score=1, comment="wrong invoice", correct_agent="billing")
    """

    def __init__(self, logger: ProductionInteractionLogger) -> None:
        self._logger = logger

    def record(self, interaction_id: str, **fields: Any) -> str:
        """Logs one piece of feedback, with any fields of `Feedback`; returns its id. Never raises, never blocks."""
        return self._logger.log_feedback(interaction_id=interaction_id, **fields)

    async def collect(self, interaction_id: str, **fields: Any) -> str:
        """As `record`, to be awaited."""
        return self.record(interaction_id, **fields)
