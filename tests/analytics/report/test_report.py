"""`headrace report`: one page that says what was found, and shows nothing that it should not."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analytics.page import Section, document
from analytics.report.command import app
from analytics.retraining import IncrementalRetrainingPipeline
from analytics.selection import queue
from consumers.lake.store import Store
from headrace.codec import encode
from headrace.decisions import Selected, Selection
from headrace.events import Label
from headrace.settings import CONFIG_VARIABLE, Settings
from headrace.topics import DECISIONS
from tests.analytics.retraining.support import settings_in, store, tell, turn
from tests.conftest import write_settings
from tests.consumers.lake.support import NOON, batch, interaction_id

TURNS = 600
TITLES = ("Traffic", "Personal data", "Drift", "Failures", "Selection", "Training")


def report(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = settings_in(tmp_path)
    monkeypatch.setenv(CONFIG_VARIABLE, str(write_settings(settings, tmp_path / "headrace.yaml")))
    return settings


@pytest.mark.slow
def test_all_that_was_done_is_on_one_page(learnt: Settings, tmp_path: Path) -> None:
    turns = [turn(number) for number in range(TURNS)]
    for number, one in enumerate(turns):
        one.timestamp = NOON + timedelta(hours=number)
        one.user_query = f"{one.user_query} <script>" + " [PHONE] [HELLO]" * (number < 7)
        one.latency_ms = 100.0 + (900.0 if number > TURNS - 100 else number % 50)
        one.error = "timeout" if number % 5 == 0 else None
    labels = [
        Label(interaction_id=interaction_id(n), annotator="ann", name="agent", value=value, timestamp=NOON)
        for n, value in ((0, "billing"), (1, "delivery"), (2, "billing"), (3, "billing"))
    ]
    drawn = [
        Selected(interaction_id=interaction_id(n), kind="random", reason="drawn", propensity=0.1) for n in range(4)
    ]
    store(learnt, turns)
    with Store(learnt) as opened:
        opened.write(batch(labels, offset=TURNS))
    tell(learnt, DECISIONS, encode(Selection(strategy="hybrid", open_rows=TURNS, selected=drawn)))
    asyncio.run(IncrementalRetrainingPipeline(learnt).retrain())
    chosen = Selected(interaction_id="0", kind="uncertainty", reason="the router hesitated")
    queue.save(learnt, Selection(strategy="hybrid", open_rows=TURNS, selected=[chosen]))
    page = tmp_path / "report.html"
    answer = json.loads(report("--to", str(page), "--json").output)
    assert tuple(answer["sections"]) == TITLES
    assert "600 interactions on 26 days" in answer["sections"]["Traffic"]
    html = page.read_text()
    assert "7 values were replaced" in answer["sections"]["Personal data"]
    assert "alarms in 7 windows" in answer["sections"]["Drift"]
    assert "75% of all traffic" in answer["sections"]["Selection"]
    assert html.count("<svg") == 8
    assert "the router hesitated" in html
    assert "<script" not in html
    assert not re.search(r"""(src|href)=["']?https?:""", html)


def test_an_empty_store_makes_a_page_that_says_so(learnt: Settings, tmp_path: Path) -> None:
    Store(learnt).__exit__(None)
    page = tmp_path / "report.html"
    answer = report("--to", str(page))
    assert answer.exit_code == 0, answer.output
    assert "No interaction is stored yet" in page.read_text()


def test_words_of_the_store_are_escaped() -> None:
    assert "<b>" not in document("a", "<b>", [Section("<b>", "<b>")])
