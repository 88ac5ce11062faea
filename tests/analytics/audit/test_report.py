"""The verdict: what counts as unexplained, once, and what a person reads."""

from __future__ import annotations

from datetime import UTC, datetime

from analytics.audit.account import OutcomeRange, Status, accounts
from analytics.audit.cut import Cut
from analytics.audit.raw import RawRecord
from analytics.audit.report import Report, lines, report
from analytics.audit.rows import RawRows

START = datetime(2026, 1, 1, tzinfo=UTC)
CUT = Cut(at=START, first={0: 0}, statuses={0: 12}, end={0: 12})


def audited(
    statuses: list[Status], outcomes: list[OutcomeRange], rows: RawRows, lost: list[RawRecord] | None = None
) -> Report:
    return report(CUT, accounts(statuses, outcomes), outcomes, {0: rows}, lost or [])


def test_a_healthy_system_ends_with_0_unexplained() -> None:
    result = audited(
        [Status("p", START, 11, 11, True, ((11, 11, "too_large"),))],
        [
            OutcomeRange("p", 1, 8, "stored"),
            OutcomeRange("p", 9, 9, "duplicate"),
            OutcomeRange("p", 10, 10, "rejected"),
        ],
        RawRows(clean=10, rejected=1),
    )
    assert list(lines(result)) == [
        "cut at 2026-01-01 00:00:00 UTC: 11 records in 1 partition of raw",
        "1 producer: sent 11 = 8 stored + 1 duplicate + 1 rejected + 1 dropped (too_large)",
        "raw[0] 0 to 12: 11 records = 10 clean + 1 rejected",
        "0 unexplained",
    ]


def test_an_event_that_is_lost_behind_raw_counts_once_and_is_named_twice() -> None:
    result = audited(
        [Status("p", START, 3, 3, True)],
        [OutcomeRange("p", 1, 2, "stored")],
        RawRows(clean=3, missing=((7, 7),)),
        [RawRecord(0, 7, "p", 3)],
    )
    assert result.unexplained == 1
    words = list(lines(result))
    assert "  unexplained: producer p, seq 3" in words
    assert "  unexplained: raw[0], offset 7" in words
    assert words[-1] == "1 unexplained"


def test_a_client_that_may_be_cut_off_is_said_to_hold_what_is_missing() -> None:
    result = audited([Status("p", START, 3, 3, False)], [OutcomeRange("p", 1, 2, "stored")], RawRows(clean=2), [])
    named = next(line for line in lines(result) if line.startswith("  unexplained: producer p, seq 3"))
    assert "may still hold them" in named
    assert result.unexplained == 1


def test_an_event_of_an_open_producer_that_is_lost_behind_raw_is_unexplained() -> None:
    result = audited(
        [Status("p", START, 3, 0, False)], [OutcomeRange("p", 1, 2, "stored")], RawRows(), [RawRecord(0, 7, "p", 3)]
    )
    assert result.unexplained == 1


def test_a_record_without_a_ledger_is_audited_by_its_offset() -> None:
    assert audited([], [], RawRows(clean=2), [RawRecord(0, 7, None, None)]).unexplained == 1


def test_an_erased_event_is_explained_though_its_row_is_gone() -> None:
    result = audited(
        [Status("p", START, 1, 1, True)], [OutcomeRange("p", 1, 1, "erased")], RawRows(), [RawRecord(0, 7, "p", 1)]
    )
    assert result.unexplained == 0
    assert result.partitions[0].missing == ()


def test_a_record_with_two_rows_is_unexplained() -> None:
    result = audited([], [], RawRows(clean=3, doubled=1))
    assert result.unexplained == 1
    assert any("1 doubled" in line for line in lines(result))


def test_an_open_producer_is_named_and_explains_nothing_but_is_no_loss() -> None:
    result = audited(
        [Status("p", START, 5, 2, False)],
        [OutcomeRange("p", 1, 4, "stored"), OutcomeRange("p", 6, 7, "stored")],
        RawRows(),
    )
    assert "  open since 2026-01-01 00:00:00: producer p, last seq known 5, 2 more are here, not yet here: 5" in lines(
        result
    )
    assert result.unexplained == 0


def test_what_an_open_producer_gave_out_long_ago_is_unexplained_where_it_never_came() -> None:
    result = audited([Status("p", START, 5, 5, False)], [OutcomeRange("p", 1, 3, "stored")], RawRows())
    assert result.unexplained == 2


def test_a_producer_that_has_not_spoken_is_open() -> None:
    result = audited([], [OutcomeRange("p", 1, 3, "stored")], RawRows())
    assert "  open: producer p has not spoken yet; 3 of its events are here" in lines(result)


def test_many_open_producers_are_not_all_listed() -> None:
    result = audited([Status(f"p{number:03d}", START, 0, 0, False) for number in range(30)], [], RawRows())
    assert "  and 10 more producers (--json names them)" in lines(result)
