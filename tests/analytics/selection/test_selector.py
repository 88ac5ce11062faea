"""Selections from a store, without and with a running lake."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from analytics.selection import queue
from analytics.selection.command import app
from analytics.selection.pool import Strategy
from analytics.selection.selector import ActiveLearningSelector
from analytics.selection.uncertainty import Measure
from consumers.lake.store import Store
from headrace.errors import ConfigError
from headrace.events import Label
from headrace.settings import CONFIG_VARIABLE, ContinualLearning, Logging, Settings
from tests.conftest import write_settings
from tests.consumers.lake.support import CLEAN_TOPIC, batch, interaction, interaction_id

ROWS = 300
LABELLED = range(20)
FAILED = range(100, 110)
MEASURES: tuple[Measure, ...] = ("margin", "entropy")


class Letters:
    """A stand-in for a model: texts with the same letters have the same vector."""

    name = "letters"
    dimensions = 26

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        table = np.array([[text.count(chr(97 + letter)) for letter in range(26)] for text in texts], np.float32) + 0.01
        table /= np.linalg.norm(table, axis=1, keepdims=True)
        return table


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Three hundred interactions of three agents; some labelled, some failed."""
    own = Settings(continual_learning=ContinualLearning(logging=Logging(storage=tmp_path / "store")))
    dice = np.random.default_rng(0)
    texts = ["".join(dice.choice(list("abcdefghij"), 12)) for _ in range(ROWS)]
    with Store(own) as opened:
        opened.begin(CLEAN_TOPIC, "clean-id", 1)
        events = [
            interaction(
                number,
                user_query=texts[number],
                routing_confidence=float(dice.uniform(0.2, 1.0)),
                session_id=f"s{number // 2}",
                error="timeout" if number in FAILED else None,
            )
            for number in range(ROWS)
        ]
        labels = [
            Label(interaction_id=interaction_id(number), annotator="ann", name="agent", value="x")
            for number in LABELLED
        ]
        opened.write(batch([*events, *labels]))
    monkeypatch.setenv(CONFIG_VARIABLE, str(write_settings(own, tmp_path / "headrace.yaml")))
    return own


def selector(settings: Settings) -> ActiveLearningSelector:
    return ActiveLearningSelector(settings, embed=Letters())


def test_a_cycle_has_fifty_with_a_reason_each(store: Settings) -> None:
    selection = selector(store).select_for_annotation()
    assert len({selected.interaction_id for selected in selection.selected}) == 50
    assert all(selected.reason for selected in selection.selected)
    assert selection.open_rows == ROWS - len(LABELLED)
    labelled = {interaction_id(number) for number in LABELLED}
    assert not labelled & {selected.interaction_id for selected in selection.selected}


def test_the_random_slice_says_its_chance(store: Settings) -> None:
    selection = selector(store).select_for_annotation()
    drawn = [selected for selected in selection.selected if selected.kind == "random"]
    assert [selected.propensity for selected in drawn] == [pytest.approx(5 / 280)] * 5


def test_the_same_store_and_seed_give_the_same_choice(store: Settings) -> None:
    first, again, other = (selector(store).select_for_annotation(seed=seed).selected for seed in (1, 1, 2))
    assert first == again != other


def test_what_was_selected_before_is_not_selected_again(store: Settings) -> None:
    first = selector(store).select_for_annotation()
    queue.save(store, first)
    before = [selected.interaction_id for selected in queue.queued(store)]
    second = selector(store).select_for_annotation(selected_before=before)
    assert not set(before) & {selected.interaction_id for selected in second.selected}


def test_nothing_is_chosen_that_says_what_a_labelled_one_says(store: Settings) -> None:
    """The second half of the open rows repeats what is labelled, word for word."""
    with Store(store) as opened:
        texts = opened.connection.execute("SELECT user_query FROM interactions ORDER BY interaction_id").fetchall()
        said = [texts[number][0] for number in LABELLED]
        repeats = [interaction(ROWS + n, user_query=said[n % len(said)], session_id=f"r{n}") for n in range(200)]
        opened.write(batch(repeats, offset=ROWS + len(LABELLED)))
    for strategy in get_args(Strategy):
        selection = selector(store).select_for_annotation(60, strategy)
        assert not {interaction_id(ROWS + n) for n in range(200)} & {s.interaction_id for s in selection.selected}


def test_nothing_is_chosen_that_says_what_annotators_are_asked_about(store: Settings) -> None:
    with Store(store) as opened:
        asked, again = (interaction(ROWS + n, user_query="zzzzyyyyxxxx", session_id=f"z{n}") for n in range(2))
        opened.write(batch([asked, again], offset=ROWS + len(LABELLED)))
    chosen = selector(store).select_for_annotation(200, selected_before=[str(asked.interaction_id)]).selected
    assert str(again.interaction_id) not in {selected.interaction_id for selected in chosen}


def test_what_unsure_means_can_be_chosen(store: Settings) -> None:
    def three_kinds(texts: Sequence[str]) -> NDArray[np.float64]:
        """Torn between two, spread over all, or sure: each measure finds another one most unsure."""
        rows = [[0.48, 0.48, 0.01, 0.01, 0.02], [0.44, 0.14, 0.14, 0.14, 0.14], [0.9, 0.1, 0.0, 0.0, 0.0]]
        return np.array([rows[len(text.split("a")) % 3] for text in texts])

    chooser = ActiveLearningSelector(store, embed=Letters(), predict=three_kinds)
    chosen = [
        {s.interaction_id for s in chooser.select_for_annotation(20, "uncertainty", measure=measure).selected}
        for measure in MEASURES
    ]
    assert chosen[0] != chosen[1]


def test_failures_come_first_for_the_failure_strategy(store: Settings) -> None:
    selection = selector(store).select_for_annotation(5, "failure")
    failed = {interaction_id(number) for number in FAILED}
    chosen = {selected.interaction_id for selected in selection.selected if selected.kind == "failure"}
    assert len(chosen) >= 4
    assert chosen <= failed


def test_every_agent_has_its_share(store: Settings) -> None:
    def sure_but_for_one(texts: Sequence[str]) -> NDArray[np.float64]:
        return np.tile([0.99, 0.01], (len(texts), 1))

    chooser = ActiveLearningSelector(store, embed=Letters(), predict=sure_but_for_one)
    chosen = [int(selected.interaction_id[-12:], 16) % 3 for selected in chooser.select_for_annotation(30).selected]
    assert min(chosen.count(agent) for agent in range(3)) >= 4


def test_an_empty_store_gives_an_empty_selection(tmp_path: Path) -> None:
    own = Settings(continual_learning=ContinualLearning(logging=Logging(storage=tmp_path / "empty")))
    with Store(own):
        pass
    assert selector(own).select_for_annotation().selected == []


@pytest.mark.slow
@pytest.mark.usefixtures("store")
def test_the_command_prints_json() -> None:
    shown = CliRunner().invoke(app, ["--budget", "7", "--dry-run", "--json"])
    assert shown.exit_code == 0, shown.output
    assert len(json.loads(shown.stdout)["selected"]) == 7


@pytest.mark.usefixtures("store")
def test_an_unknown_strategy_is_named_with_those_there_are() -> None:
    result = CliRunner().invoke(app, ["--strategy", "luck"])
    assert isinstance(result.exception, ConfigError)
    assert "uncertainty" in str(result.exception)
