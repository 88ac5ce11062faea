"""What jobs and people decide: what to label, whom to erase, which failures are fixed, what training led to."""

from headrace.decisions.formats import (
    Decision,
    Erasure,
    Resolution,
    Selected,
    Selection,
    SliceScore,
    TrainingRun,
    decode_decision,
)
from headrace.decisions.log import publish, read_all

__all__ = [
    "Decision",
    "Erasure",
    "Resolution",
    "Selected",
    "Selection",
    "SliceScore",
    "TrainingRun",
    "decode_decision",
    "publish",
    "read_all",
]
