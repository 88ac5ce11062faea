"""What analysts and audits see: feedback joined whenever it came, days of agents, ranges of numbers."""

from __future__ import annotations

from datetime import timedelta

from consumers.lake.store import Store
from consumers.lake.tables import TABLES
from consumers.lake.views import VIEWS
from tests.consumers.lake.support import NOON, batch, feedback, interaction, rejected, rows

RATED = "SELECT user_query, rating, ratings FROM interactions_with_feedback ORDER BY user_query"
RANGES = "SELECT first_seq, last_seq, outcome FROM producer_ranges WHERE producer_id = 'producer' ORDER BY ALL"


def test_feedback_counts_whether_it_came_before_with_or_weeks_after(store: Store) -> None:
    weeks_later = NOON + timedelta(weeks=5)
    store.write(batch([feedback(0, score=1.0)]))
    store.write(batch([interaction(0), interaction(1, user_feedback_score=2.0), interaction(2)], offset=1))
    store.write(batch([feedback(2, score=3.0, timestamp=weeks_later)], offset=4))
    assert rows(store, RATED) == [("question 0", 1.0, 1), ("question 1", 2.0, 1), ("question 2", 3.0, 1)]


def test_the_latest_word_of_each_person_counts_and_people_are_averaged(store: Store) -> None:
    later = NOON + timedelta(minutes=1)
    said = [
        feedback(0, score=5.0, rater="a", timestamp=later),
        feedback(0, score=1.0, rater="a"),
        feedback(0, score=2.0, rater="b"),
        feedback(0, score=1.0, rater="b", source="llm"),
        feedback(0, score=1.0, name="politeness"),
    ]
    store.write(batch([interaction(0, user_feedback_score=1.0), *said]))
    assert rows(store, RATED) == [("question 0", 3.5, 2)]
    assert rows(store, "SELECT count(*) FROM current_feedback") == [(4,)]


def test_a_correction_counts_whatever_it_is_called_and_rates_nothing(store: Store) -> None:
    later = NOON + timedelta(minutes=1)
    said = [
        feedback(0, score=None, name="routing", correct_agent="billing"),
        feedback(0, score=None, name="routing", correct_agent="returns", timestamp=later),
        feedback(0, score=None, name="routing", correct_agent="llm", timestamp=later, source="llm"),
        feedback(1, score=4.0),
    ]
    store.write(batch([interaction(0), interaction(1, user_feedback_score=1.0), *said]))
    shown = "SELECT correct_agent, rating, ratings FROM interactions_with_feedback ORDER BY user_query"
    assert rows(store, shown) == [("returns", None, 0), (None, 4.0, 1)]
    assert rows(store, "SELECT sum(rated)::INTEGER FROM agent_days") == [(1,)]


def test_foreign_ids_are_joined_by_their_hash_and_counted_once(store: Store) -> None:
    hashed = "h1:k:x"
    said = feedback(0, interaction_id=hashed, external_id=hashed, feedback_id="h1:k:y", score=2.0)
    store.write(batch([interaction(0, external_id=hashed), said, said]))
    assert rows(store, RATED) == [("question 0", 2.0, 1)]
    assert rows(store, "SELECT count(*) FROM feedback") == [(1,)]


def test_the_newest_come_first_and_with_what_was_said_of_them(store: Store) -> None:
    old, new = [interaction(number) for number in (0, 5)], [interaction(number) for number in (9, 7)]
    store.write(batch([*old, *new, feedback(9, score=2.0)]))
    store.write(batch([interaction(3)], offset=5))
    shown = rows(store, "SELECT user_query, rating FROM newest_interactions LIMIT 3")
    assert shown == [("question 9", 2.0), ("question 7", None), ("question 5", None)]


def test_a_day_of_an_agent(store: Store) -> None:
    store.write(
        batch(
            [
                interaction(0, latency_ms=100.0, tokens_in=10, cost_usd=0.5, user_feedback_score=4.0),
                interaction(3, latency_ms=300.0, tokens_in=20, cost_usd=0.25, error="timeout"),
                interaction(6, latency_ms=200.0, tokens_out=7),
                interaction(1),
            ]
        )
    )
    columns = "interactions, errors, mean_rating, rated, latency_p50_ms, tokens_in, tokens_out, cost_usd"
    day = f"SELECT {columns} FROM agent_days WHERE agent_selected = 'agent-0'"
    assert rows(store, day) == [(3, 1, 4.0, 1, 202, 30, 7, 0.75)]
    assert rows(store, "SELECT DISTINCT day FROM agent_days") == [(NOON.date(),)]


def test_a_day_counts_the_ratings_that_its_interactions_show(store: Store) -> None:
    sent = [interaction(number, user_feedback_score=float(1 + number % 5)) for number in range(0, 40, 2)]
    unrated = [interaction(number) for number in range(1, 40, 2)]
    later = [feedback(number, score=2.5) for number in range(0, 40, 3)]
    store.write(batch([*sent, *unrated, *later]))
    shown = """SELECT agent_selected, round(avg(rating), 9), count(rating) FROM interactions_with_feedback
               GROUP BY 1 ORDER BY 1"""
    days = "SELECT agent_selected, round(mean_rating, 9), rated FROM agent_days ORDER BY 1"
    assert rows(store, days) == rows(store, shown)


def test_ranges_tell_what_became_of_every_number(store: Store) -> None:
    stored = [interaction(number) for number in range(4)]  # seq 1 to 4
    store.write(batch([*stored, interaction(1, seq=5), feedback(0, producer_id="producer", seq=6)]))
    store.write(batch([interaction(6, seq=8)], offset=6, refused=[rejected(7), rejected(8), rejected(9), rejected(10)]))
    assert rows(store, RANGES) == [
        (1, 4, "stored"),
        (5, 5, "duplicate"),
        (6, 6, "stored"),
        (7, 7, "rejected"),
        (8, 8, "stored"),
        (8, 8, "superseded"),
        (9, 10, "rejected"),
    ]


def test_a_number_sent_twice_is_one_range_of_each_outcome(store: Store) -> None:
    store.write(batch([interaction(0), interaction(0), interaction(0)]))
    assert rows(store, RANGES) == [(1, 1, "duplicate"), (1, 1, "stored")]


def test_archived_ranges_outlive_their_rows(store: Store) -> None:
    store.connection.execute("INSERT INTO seq_archive VALUES ('producer', 1, 9, 'erased')")
    assert rows(store, RANGES) == [(1, 9, "erased")]


def test_every_column_of_every_view_is_explained(store: Store) -> None:
    for view in VIEWS:
        names = [name for (name,) in rows(store, f"SELECT column_name FROM (DESCRIBE {view.name})")]
        assert list(view.columns) == names, view.name


def test_the_database_explains_itself(store: Store) -> None:
    unexplained = rows(
        store,
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal "
        f"AND comment IS NULL AND table_name IN {tuple(table.name for table in TABLES)}",
    )
    assert unexplained == []
