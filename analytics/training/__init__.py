"""Learning in steps without forgetting, and the gate that holds back what breaks something."""

from analytics.training.gate import GateDecision, Policy, SliceVerdict, judge
from analytics.training.incremental import IncrementalTrainer, Strategy, Update
from analytics.training.transfer import Measured, backward_transfer, forgetting

__all__ = [
    "GateDecision",
    "IncrementalTrainer",
    "Measured",
    "Policy",
    "SliceVerdict",
    "Strategy",
    "Update",
    "backward_transfer",
    "forgetting",
    "judge",
]
