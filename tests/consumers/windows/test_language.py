"""A mix of languages that shifts is drift, and the language is its culprit; earlier digesters told none."""

from __future__ import annotations

import random
from datetime import timedelta

import msgspec

from consumers.digester.partition import PartitionDigester
from consumers.digests.messages import Part, Source
from consumers.digests.signals import LANGUAGE
from consumers.windows.comparison import compared
from consumers.windows.state import DictTable, State
from consumers.windows.window import Window, joined
from headrace.events import ProductionInteraction
from headrace.settings import FailureAnalysis
from tests.support.digests import BEGIN, batch, clean_records, embed, interaction

WINDOW_US = 3_600_000_000
ASKED = {"en": "Where is my parcel, please?", "de": "Wo ist mein Paket?"}
EVENTS = 400


def parts(window: int, german: int) -> list[Part]:
    """One hour of questions to one agent, so many of them German."""
    dice = random.Random(window)
    happened = [question(dice, f"{window}/{at}", window, "de" if at < german else "en") for at in range(EVENTS)]
    digester = PartitionDigester(Source("topic", window, WINDOW_US), 0, FailureAnalysis(), embed)
    digester.take(batch(range(EVENTS), clean_records(happened)))
    return list(digester.parts())


def question(dice: random.Random, name: str, window: int, language: str) -> ProductionInteraction:
    moment = BEGIN + timedelta(hours=window, seconds=dice.randrange(3_600))
    return msgspec.structs.replace(
        interaction(dice, name, moment),
        agent_selected="a",
        session_id=None,
        user_query=ASKED[language],
        metadata={},
    )


def of_before(part: Part) -> Part:
    """As a digester wrote it that did not tell languages."""
    assert part.summary is not None
    kept = {name: counts for name, counts in part.summary.categories.items() if name != LANGUAGE}
    return msgspec.structs.replace(part, summary=msgspec.structs.replace(part.summary, categories=kept))


def windows_of(written: list[Part]) -> list[Window]:
    state = State(DictTable(), 0)
    for part in written:
        state.take(part)
    return [state.window(*key) for key in state.windows]


def test_more_questions_in_a_language_alarm_and_name_it() -> None:
    reference = joined(windows_of([part for hour in range(6) for part in parts(hour, german=20)]))
    (window,) = windows_of(parts(7, german=80))
    reports = {
        report.name: report for report in compared(window, reference, "a", "kolmogorov_smirnov", reference.factors)
    }
    assert reports[LANGUAGE].alarm
    assert {culprit.name for culprit in reports[LANGUAGE].culprits if culprit.what == "category"} == {"de", "en"}


def test_the_same_mix_of_languages_is_no_drift() -> None:
    reference = joined(windows_of([part for hour in range(6) for part in parts(hour, german=20)]))
    (window,) = windows_of(parts(7, german=20))
    reports = {
        report.name: report for report in compared(window, reference, "a", "kolmogorov_smirnov", reference.factors)
    }
    assert not reports[LANGUAGE].alarm


def test_against_a_reference_of_before_languages_are_not_compared() -> None:
    reference = joined(windows_of([of_before(part) for hour in range(6) for part in parts(hour, german=20)]))
    (window,) = windows_of(parts(7, german=80))
    names = {report.name for report in compared(window, reference, "a", "kolmogorov_smirnov", reference.factors)}
    assert LANGUAGE not in names
    assert "rated" in names


def test_a_window_of_chunks_of_before_and_after_counts_what_it_was_told() -> None:
    old, new = parts(7, german=20), parts(7, german=80)
    later = [msgspec.structs.replace(part, source=Source("topic", 8, WINDOW_US)) for part in new]
    (window,) = windows_of([*map(of_before, old), *later])
    assert window.interactions == 2 * EVENTS
    assert sum(summary.categories[LANGUAGE]["de"] for summary in window.summaries.values() if summary.categories) == 80
