"""The records of `headrace.states`: msgpack of a tagged struct, its key `<kind>/<id>`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from headrace.codec import Decoder
from headrace.experiment import Experiment, Name

Stage = Literal["candidate", "production"]
"""In production is the version that was put there last: one record changes it, so no reader sees two, or none."""


class ModelState(msgspec.Struct, tag_field="type", tag="model.v1", frozen=True, omit_defaults=True, kw_only=True):
    """One version of a model: where it is, how to know that it is whole, and what it is for."""

    name: Name = "router"
    version: Name
    stage: Stage
    uri: str
    """Of its manifest, beside which the other files are: anything that fsspec opens."""
    sha256: str
    """Of the manifest, hexadecimal; the manifest has those of the files."""
    bytes: int
    """Size of all files."""
    changed_at: datetime

    @property
    def key(self) -> str:
        return f"model/{self.name}/{self.version}"


class ExperimentState(
    msgspec.Struct, tag_field="type", tag="experiment.v1", frozen=True, omit_defaults=True, kw_only=True
):
    """One experiment between two versions of a model, running or ended."""

    experiment: Experiment
    model: Name = "router"
    is_running: bool = True
    changed_at: datetime

    @property
    def key(self) -> str:
        return f"experiment/{self.experiment.name}"


State = ModelState | ExperimentState

decode_state: Decoder[State] = Decoder(State)
