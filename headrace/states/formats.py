"""The records of `headrace.states`: msgpack of a tagged struct, its key `<kind>/<id>`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from headrace.codec import Decoder
from headrace.experiment import Experiment, Name

Stage = Literal["candidate", "production", "archived"]
"""Of one model's versions at most one is in production; a candidate gets its share of an experiment."""


class ModelState(msgspec.Struct, tag_field="type", tag="model.v1", frozen=True, omit_defaults=True, kw_only=True):
    """One version of a model: where it is, how to know that it is whole, and what it is for."""

    name: Name = "router"
    version: Name
    stage: Stage
    uri: str
    """Of the artefact: anything that fsspec opens."""
    sha256: str
    """Of the artefact's bytes, hexadecimal."""
    bytes: int
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
