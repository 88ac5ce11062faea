"""Promotion and rollback as values: from what was said so far to what has to be said next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from headrace.errors import ConfigError
from headrace.experiment import Experiment, Unit
from headrace.states import ExperimentState, ModelState, Stage, State, current


def promoted(history: Sequence[State], model: ModelState, now: datetime) -> list[State]:
    """`model` goes into production, in the place of the one before, and a running experiment ends."""
    return [_staged(model, "production", now), *_ended(history, model.name, now)]


def compared(
    history: Sequence[State], model: ModelState, share: float, now: datetime, unit: Unit = "user"
) -> list[State]:
    """`model` gets its share of traffic against the one in production; raises ConfigError where there is none."""
    held = current(history, model.name)
    if held.production is None or held.production.version == model.version:
        raise ConfigError(f"{model.name} {model.version}: no other version is in production to compare it with")
    control, running = held.production.version, held.experiment
    if running is not None and (running.experiment.control, running.experiment.candidate) == (control, model.version):
        return [msgspec.structs.replace(running, experiment=running.experiment.ramped(share, now), changed_at=now)]
    name = f"{model.name}-{model.version}-{now:%Y%m%d%H%M}"
    experiment = Experiment(name=name, control=control, candidate=model.version, share=share, unit=unit, since=now)
    return [
        *_ended(history, model.name, now),
        _staged(model, "candidate", now),
        ExperimentState(experiment=experiment, model=model.name, changed_at=now),
    ]


def rolled_back(history: Sequence[State], name: str, now: datetime) -> list[State]:
    """The version that was in production before is again. Raises ConfigError where there was none."""
    held = current(history, name)
    before = [
        state
        for state in history
        if isinstance(state, ModelState) and state.name == name and state.stage == "production"
        if held.production is not None and state.version != held.production.version
    ]
    if not before:
        raise ConfigError(f"{name}: no other version was ever in production; there is nothing to go back to")
    return promoted(history, before[-1], now)


def _ended(history: Sequence[State], name: str, now: datetime) -> list[State]:
    running = current(history, name).experiment
    return [] if running is None else [msgspec.structs.replace(running, is_running=False, changed_at=now)]


def _staged(model: ModelState, stage: Stage, now: datetime) -> ModelState:
    return msgspec.structs.replace(model, stage=stage, changed_at=now)
