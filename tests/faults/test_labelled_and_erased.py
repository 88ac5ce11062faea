"""From a label in an annotator's file to the store; then its subject is erased, and the audit still explains all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analytics.audit.query import connect
from analytics.audit.run import audit
from analytics.labels import book, label_studio
from analytics.labels.task import Labelled
from headrace import ProductionInteractionLogger, decisions
from headrace.decisions import Selection
from headrace.events import now
from headrace.settings import Settings
from tests.analytics.labels.support import filled_in
from tests.consumers.lake.test_forgetting import CANARY, where
from tests.support import Service, wait_for
from tests.support.pipeline import Up, with_live_queries

pytestmark = [pytest.mark.broker, pytest.mark.fault, pytest.mark.timeout(400)]

AUDIT_S = 90.0
ROWS = 12


def command(settings_file: Path, *arguments: str) -> Any:
    """What a command prints as JSON."""
    with Service("-".join(arguments[:2]), settings_file, arguments=[*arguments, "--json"]) as run:
        assert run.wait() == 0, run.tail()
        return json.loads(run.log.read_text().splitlines()[-1])


def stored(settings: Settings, table: str) -> int:
    try:
        ((count,),) = connect(settings)(f"SELECT count(*) FROM {table}")
    except Exception:
        return -1
    return int(count)


def test_select_label_erase_and_account_for_everything(settings: Settings, tmp_path: Path) -> None:
    settings = with_live_queries(settings)
    with Up(settings, tmp_path) as services:
        with ProductionInteractionLogger(settings) as logger:
            for number in range(ROWS):
                logger.log(
                    agent_selected=f"agent-{number % 2}",
                    user_query=f"{CANARY} please help me with matter {number}" if number % 3 == 0 else f"ask {number}",
                    user_id="ada" if number % 3 == 0 else "bob",
                    session_id=f"session-{number}",
                    routing_confidence=0.5 + number / 50,
                )
        wait_for(lambda: stored(settings, "interactions") == ROWS, "the interactions")

        selection = command(services.settings_file, "select", "--budget", "12")
        (published,) = decisions.read_all(settings.kafka)
        assert isinstance(published, Selection)
        assert len(published.selected) == len(selection["selected"]) >= 6

        tasks, question = book.tasks(settings), book.question(settings)
        answers = [
            Labelled(interaction_id=task.interaction_id, annotator=who, value="agent-1", timestamp=now())
            for task in tasks
            for who in ("ann", "bo")
        ]
        file = tmp_path / "project.json"
        file.write_bytes(filled_in(label_studio.write(tasks, question), answers))
        assert command(services.settings_file, "labels", "import", str(file))["delivered"] == len(answers)
        wait_for(lambda: stored(settings, "labels") == len(answers), "the labels")
        assert command(services.settings_file, "labels", "import", str(file))["delivered"] == 0
        agreement = command(services.settings_file, "labels", "agreement")
        assert [pair["kappa"] for pair in agreement["agreements"]] == [1.0]

        done = command(services.settings_file, "erase", "--user", "ada")
        assert done["interactions"] == ROWS // 3
        report = audit(settings, connect(settings), AUDIT_S)
        assert report.unexplained == 0, report
        assert sum(producer.explained.get("erased", 0) for producer in report.producers) >= ROWS // 3
    file.unlink()
    assert where(settings) == []
