"""A model that is always the one in production, swapped while the agent runs.

Guarantee: whoever asks gets a whole, verified model or the one before, never half of one; a version that cannot
be fetched, verified or loaded changes nothing but `error`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from headrace.errors import HeadraceError
from headrace.experiment import Assignment
from headrace.settings import Settings
from headrace.states.current import Current, current
from headrace.states.fetch import fetch
from headrace.states.formats import ModelState, State
from headrace.states.log import Follower

T = TypeVar("T")

log = logging.getLogger("headrace")


class Choice(NamedTuple, Generic[T]):
    """A model and where it comes from; `assignment` is None outside of experiments."""

    model: T
    version: str
    assignment: Assignment | None


class _Held(NamedTuple, Generic[T]):
    current: Current
    models: Mapping[str, T]


class LiveModel(Generic[T]):
    """The model called `name`, kept current from `headrace.states` by a thread of its own.

    `load` makes a model of a folder with its files; it runs in that thread, never in the agent's.
    """

    def __init__(self, settings: Settings, load: Callable[[Path], T], name: str = "router") -> None:
        self._load, self._name = load, name
        self._folder = settings.storage / "models"
        self._held: _Held[T] = _Held(current((), name), {})
        self.error: str | None = None
        """Why the version announced last is not in use."""
        self._follower = Follower(settings.kafka, self.take)

    def choose(self, unit_id: str) -> Choice[T] | None:
        """The model for a user or session: the experiment's variant, else the one in production, else None.

        An experiment begins when both its variants are here: with one of them its shares would be wrong.
        """
        held = self._held
        running = held.current.experiment
        if running is None or not held.models.keys() >= {running.experiment.control, running.experiment.candidate}:
            return _in_production(held)
        assignment = running.experiment.assign(unit_id)
        return Choice(held.models[assignment.variant], assignment.variant, assignment)

    def in_production(self) -> Choice[T] | None:
        """The model in production, experiment or not."""
        return _in_production(self._held)

    def close(self) -> None:
        """Ends the thread; the model at hand stays."""
        self._follower.close()

    def take(self, states: Mapping[str, State]) -> None:
        """Loads what `states` want and swaps to it in one step; on any error the models at hand stay."""
        wanted = current(states.values(), self._name)
        try:
            models = {state.version: self._model(state) for state in _in_use(wanted)}
        except Exception as error:
            self.error = str(error) if isinstance(error, HeadraceError) else f"cannot be loaded: {type(error).__name__}"
            log.warning("headrace: the %s in use stays: %s", self._name, self.error)
            return
        self._held, self.error = _Held(wanted, models), None

    def _model(self, state: ModelState) -> T:
        known = self._held.current.models.get(state.version)
        if known is not None and known.sha256 == state.sha256 and state.version in self._held.models:
            return self._held.models[state.version]
        return self._load(fetch(state, self._folder))


def _in_production(held: _Held[T]) -> Choice[T] | None:
    production = held.current.production
    if production is None or (model := held.models.get(production.version)) is None:
        return None
    return Choice(model, production.version, None)


def _in_use(wanted: Current) -> list[ModelState]:
    versions = [] if wanted.production is None else [wanted.production.version]
    if wanted.experiment is not None:
        versions += [wanted.experiment.experiment.control, wanted.experiment.experiment.candidate]
    return [wanted.models[version] for version in dict.fromkeys(versions) if version in wanted.models]
