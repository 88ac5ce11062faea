"""An erasure beside a running digester: what the person says later, or said in the open chunk, is published no more."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from consumers.digests.messages import Part
from consumers.digests.messages import decode as decode_digest
from headrace import decisions
from headrace.decisions import Erasure
from headrace.events import ProductionInteraction
from headrace.settings import Digester, Settings
from headrace.topics import DIGESTS
from tests.conftest import write_settings
from tests.faults.test_windows import fill_clean
from tests.support.digests import BEGIN
from tests.support.processes import Service
from tests.support.records import read_all
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.broker, pytest.mark.fault, pytest.mark.timeout(300)]

PERSON = "h1:k:person"


def said(number: int, query: str, user: str | None) -> ProductionInteraction:
    return ProductionInteraction(
        interaction_id=f"{number:08d}-0000-7000-8000-000000000000",
        timestamp=BEGIN,
        agent_selected="billing",
        session_id="shared",
        user_id=user,
        user_query=query,
        error="Timeout: 3 s",
    )


def latest(settings: Settings) -> dict[object, Part]:
    """The copy of each part that readers keep."""
    found: dict[object, Part] = {}
    for record in read_all(settings, DIGESTS):
        part = decode_digest(record.value)
        if isinstance(part, Part):
            place = part.source, part.chunk, part.key, part.part
            if place not in found or part.end_offset > found[place].end_offset:
                found[place] = part
    return found


def texts(settings: Settings) -> set[str]:
    return {one.query for part in latest(settings).values() for one in (*part.sample, *part.failures, *part.slow)}


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "started later"])
def test_an_erased_person_is_digested_no_more(settings: Settings, tmp_path: Path, is_running: bool) -> None:
    own = msgspec.structs.replace(settings, digester=Digester(publish_seconds=0.2))
    with Service("digester", write_settings(own, tmp_path / "own.yaml")) as digester:
        fill_clean(own, [said(1, "first", PERSON), said(2, "another's", "h1:k:other")])
        wait_for(lambda: texts(own) == {"first", "another's"}, "both to be digested", 60)
        if not is_running:
            assert digester.terminate() == 0
        decisions.publish(own.kafka, Erasure(users=[PERSON]))
        if is_running:
            wait_for(lambda: "somebody was erased" in digester.log.read_text(), "the digester to hear of it", 60)
        else:
            digester.start()
        fill_clean(own, [said(3, "second", PERSON), said(4, "nobody's", None), said(5, "last", "h1:k:other")])
        wait_for(lambda: "last" in texts(own), "what others say to be digested", 60)
        assert texts(own) == {"another's", "last"}
        summaries = [part.summary.interactions for part in latest(own).values() if part.summary is not None]
        assert sum(summaries) == 2
        assert digester.terminate() == 0, digester.tail()
