"""The records of `headrace.decisions`: msgpack of a tagged struct, keyed by what was decided about.

No record holds text of an event, nor an id that is not a pseudonym.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import field

from headrace.codec import Decoder
from headrace.events import Share, now
from headrace.ids import uuid7


class Selected(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One interaction that annotators are asked about, and why."""

    interaction_id: str
    kind: str
    reason: str
    propensity: Share | None = None
    """Of one that was drawn evenly: the chance it had."""


class Selection(msgspec.Struct, tag_field="type", tag="selection.v1", frozen=True, omit_defaults=True, kw_only=True):
    """One cycle's choice, most worth a label first."""

    decision_id: str = field(default_factory=uuid7)
    decided_at: datetime = field(default_factory=now)
    strategy: str
    seed: int = 0
    open_rows: int
    """Interactions that could have been chosen."""
    selected: list[Selected]

    @property
    def key(self) -> str:
        return f"selection/{self.decision_id}"


class Erasure(msgspec.Struct, tag_field="type", tag="erasure.v1", frozen=True, omit_defaults=True, kw_only=True):
    """A person whose records go from everywhere, and never come back."""

    decision_id: str = field(default_factory=uuid7)
    decided_at: datetime = field(default_factory=now)
    users: list[str]
    """The person's pseudonyms under every key of the ring."""
    interactions: list[str] = []
    """Ids of interactions of theirs that were stored: of many, one record names a part."""

    @property
    def key(self) -> str:
        return f"erasure/{self.users[0]}"


class Resolution(msgspec.Struct, tag_field="type", tag="resolution.v1", frozen=True, omit_defaults=True, kw_only=True):
    """Somebody says that a failure is fixed: members that come later are a regression."""

    decision_id: str = field(default_factory=uuid7)
    decided_at: datetime = field(default_factory=now)
    cluster_id: str

    @property
    def key(self) -> str:
        return f"resolution/{self.cluster_id}"


class SliceScore(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How well a version did on a slice of later sessions: one cell of the backward-transfer matrix."""

    slice: str
    turns: int
    accuracy: float
    lower: float
    upper: float
    """Between these it lies with a probability of 95 %."""
    before: float | None = None
    """Accuracy of the version in use then."""


class TrainingRun(
    msgspec.Struct, tag_field="type", tag="training_run.v1", frozen=True, omit_defaults=True, kw_only=True
):
    """One training: what came of it, and from what."""

    decision_id: str = field(default_factory=uuid7)
    decided_at: datetime = field(default_factory=now)
    model: str
    version: str
    parent: str | None = None
    accepted: bool
    reasons: list[str] = []
    """What the gate said."""
    dataset: str
    """SHA-256 of the dataset, hexadecimal."""
    examples: int
    scores: list[SliceScore]

    @property
    def key(self) -> str:
        return f"training/{self.version}"


Decision = Selection | Erasure | Resolution | TrainingRun

decode_decision: Decoder[Decision] = Decoder(Decision)
