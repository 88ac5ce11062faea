"""What holds now, from all that was ever said."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

from headrace.codec import encode
from headrace.experiment import Experiment
from headrace.states import ExperimentState, ModelState, Stage, State, current, decode_state
from tests.consumers.lake.support import NOON


def model(version: str, stage: Stage, minute: int = 0, name: str = "router") -> ModelState:
    return ModelState(
        name=name,
        version=version,
        stage=stage,
        uri=f"file:///models/{version}",
        sha256="0" * 64,
        bytes=1,
        changed_at=NOON + timedelta(minutes=minute),
    )


def experiment(name: str, minute: int = 0, *, is_running: bool = True) -> ExperimentState:
    about = Experiment(name=name, control="1", candidate="2", since=NOON)
    return ExperimentState(experiment=about, is_running=is_running, changed_at=NOON + timedelta(minutes=minute))


def test_the_version_promoted_last_is_in_production_in_whatever_order_it_is_told() -> None:
    states: list[State] = [model("1", "production"), model("2", "production", 5), model("3", "candidate", 9)]
    for order in permutations(states):
        assert current(order).production == states[1]


def test_nothing_said_nothing_holds() -> None:
    held = current([])
    assert (held.production, held.experiment, dict(held.models)) == (None, None, {})


def test_an_ended_experiment_is_none() -> None:
    assert current([experiment("a", 1, is_running=False)]).experiment is None
    assert current([experiment("a"), experiment("a", 1, is_running=False)]).experiment is None
    running = current([experiment("a", 1, is_running=False), experiment("b")]).experiment
    assert running is not None
    assert running.experiment.name == "b"


def test_models_of_another_name_are_not_mixed_in() -> None:
    held = current([model("1", "production"), model("9", "production", 3, name="ranker")])
    assert held.production is not None
    assert held.production.version == "1"
    assert held.models.get("9") is None


def test_states_survive_the_codec() -> None:
    for state in (model("1", "candidate"), experiment("a")):
        assert decode_state(encode(state)) == state
