"""What the jobs decide about data: which interactions to label, and whose records to erase."""

from headrace.decisions.formats import Decision, Erasure, Selected, Selection, decode_decision
from headrace.decisions.log import publish, read_all

__all__ = ["Decision", "Erasure", "Selected", "Selection", "decode_decision", "publish", "read_all"]
