"""What the jobs have decided, as agents need to know it: the last word on each model and experiment.

The topic `headrace.states` is compacted, so reading it from the start gives all that holds now.
"""

from headrace.states.current import Current, current
from headrace.states.fetch import Unverified, fetch
from headrace.states.formats import ExperimentState, ModelState, Stage, State, decode_state
from headrace.states.live import Choice, LiveModel
from headrace.states.log import Follower, publish, read_all

__all__ = [
    "Choice",
    "Current",
    "ExperimentState",
    "Follower",
    "LiveModel",
    "ModelState",
    "Stage",
    "State",
    "Unverified",
    "current",
    "decode_state",
    "fetch",
    "publish",
    "read_all",
]
