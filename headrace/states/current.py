"""From all states to what holds now: a pure fold, the same in every process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from headrace.states.formats import ExperimentState, ModelState, State


class Current(msgspec.Struct, frozen=True, kw_only=True):
    """What holds now for one model."""

    production: ModelState | None
    """The version that was put into production last."""
    experiment: ExperimentState | None
    """The running experiment that was changed last."""
    models: Mapping[str, ModelState]
    """Every version by its name."""


def current(states: Iterable[State], model: str = "router") -> Current:
    """What holds for a model; of each key the latest state counts, and of the versions put into production the last."""
    latest = {state.key: state for state in sorted(states, key=lambda state: state.changed_at)}.values()
    models = {state.version: state for state in latest if isinstance(state, ModelState) and state.name == model}
    experiments = [
        state for state in latest if isinstance(state, ExperimentState) and state.model == model and state.is_running
    ]
    in_production = [state for state in models.values() if state.stage == "production"]
    return Current(
        production=max(in_production, key=lambda state: state.changed_at, default=None),
        experiment=max(experiments, key=lambda state: state.changed_at, default=None),
        models=models,
    )
