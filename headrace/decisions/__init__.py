"""What jobs and people decide: which interactions to label, whose records to erase, which failures are fixed."""

from headrace.decisions.formats import Decision, Erasure, Resolution, Selected, Selection, decode_decision
from headrace.decisions.log import publish, read_all

__all__ = ["Decision", "Erasure", "Resolution", "Selected", "Selection", "decode_decision", "publish", "read_all"]
