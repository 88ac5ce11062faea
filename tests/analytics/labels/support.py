"""Annotators at work in their tools."""

from __future__ import annotations

import json
from collections.abc import Sequence

from analytics.labels.task import Labelled


def filled_in(content: bytes, answers: Sequence[Labelled]) -> bytes:
    """What Label Studio exports when annotators have answered the tasks that it imported."""
    tasks = json.loads(content)
    for task in tasks:
        own = [one for one in answers if one.interaction_id == task["data"]["interaction_id"]]
        task["annotations"] = [
            {
                "completed_by": {"id": 7, "email": one.annotator},
                "created_at": one.timestamp.isoformat(),
                "was_cancelled": False,
                "result": [
                    {"from_name": "agent", "type": "choices", "value": {"choices": [one.value]}},
                    *(
                        [{"from_name": "comment", "type": "textarea", "value": {"text": [one.comment]}}]
                        * bool(one.comment)
                    ),
                ],
            }
            for one in own
        ]
    return json.dumps(tasks).encode()
