"""What is stored, how often, and what the ledger says of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import timedelta

import pytest
from msgspec.structs import replace

from consumers.lake import ledger
from consumers.lake.access import database_path
from consumers.lake.batch import Batch, Records
from consumers.lake.database import require_duckdb
from consumers.lake.store import Store
from headrace.errors import Fatal, LedgerConflict, StoreFull, StoreLocked, TopicChanged
from headrace.events import Label, ProducerStatus, Retrieval
from headrace.failpoints import InjectedFault
from headrace.settings import Settings
from tests.consumers.lake.support import (
    CLEAN_TOPIC,
    NOON,
    REJECTED_TOPIC,
    batch,
    clean,
    feedback,
    interaction,
    interaction_id,
    rejected,
    rows,
)


def test_every_field_of_an_interaction_is_a_typed_column(store: Store) -> None:
    event = interaction(
        1,
        tenant="acme",
        session_id="h1:k:s",
        user_id="h1:k:u",
        agent_version="2",
        latency_ms=12.5,
        user_feedback_score=4.0,
        routing_confidence=0.5,
        routing_scores={"a": 0.25},
        propensity=0.75,
        retrieval=Retrieval(ids=["d1"], scores=[0.5], texts=["naïve"]),
        hallucination_score=0.125,
        model="m",
        tokens_in=3,
        tokens_out=4,
        cost_usd=0.25,
        error="timeout",
        experiment="e",
        variant="v",
        tags=["x", "y"],
        metadata={"deep": {"list": [1, None, "ü"]}},
        external_id="h1:k:x",
    )
    store.write(batch([clean(event, findings={"email": 2}, flags=["unknown_fields"], raw_offset=9)]))
    row = store.connection.execute("SELECT * FROM interactions").to_arrow_table().to_pylist()[0]
    assert row | {"interaction_id": str(row["interaction_id"])} == {
        "interaction_id": interaction_id(1),
        "day": NOON.date(),
        "timestamp": (NOON + timedelta(seconds=1)).replace(tzinfo=None),
        "tenant": "acme",
        "session_id": "h1:k:s",
        "user_id": "h1:k:u",
        "agent_selected": "agent-1",
        "agent_version": "2",
        "user_query": "question 1",
        "response": "answer 1",
        "latency_ms": 12.5,
        "user_feedback_score": 4.0,
        "routing_confidence": 0.5,
        "routing_scores": '{"a":0.25}',
        "propensity": 0.75,
        "retrieval": '{"ids":["d1"],"scores":[0.5],"texts":["naïve"]}',
        "hallucination_score": 0.125,
        "model": "m",
        "tokens_in": 3,
        "tokens_out": 4,
        "cost_usd": 0.25,
        "error": "timeout",
        "experiment": "e",
        "variant": "v",
        "tags": ["x", "y"],
        "metadata": '{"deep":{"list":[1,null,"ü"]}}',
        "external_id": "h1:k:x",
        "producer_id": "producer",
        "seq": 2,
        "raw_partition": 0,
        "raw_offset": 9,
        "clean_partition": 0,
        "clean_offset": 0,
        "appended_at": NOON.replace(tzinfo=None),
        "sanitizer": "1",
        "policy": "p",
        "findings": '{"email":2}',
        "flags": ["unknown_fields"],
    }


def test_each_kind_of_event_has_its_table_and_the_ledger_counts_them(store: Store) -> None:
    label = Label(interaction_id=interaction_id(0), annotator="h1:k:a", name="ok", value="yes", timestamp=NOON)
    status = ProducerStatus(producer_id="producer", started_at=NOON, last_seq=4, timestamp=NOON, closed=True)
    store.write(batch([interaction(0), feedback(0), label, status], refused=[rejected(4)]))
    counts = rows(store, "SELECT interactions, feedback, labels, producer_status, rejected, records FROM ledger")
    assert sorted(counts) == [(0, 0, 0, 0, 0, 0), (0, 0, 0, 0, 1, 1), (1, 1, 1, 1, 0, 4)]
    assert rows(store, "SELECT closed, last_seq FROM producer_status") == [(True, 4)]
    assert rows(store, "SELECT reason, path, seq FROM rejected") == [("too_long", "$.user_query", 4)]
    assert ledger.disagreements(store.connection) == []


def test_one_row_for_one_interaction_whatever_was_sent_again(store: Store) -> None:
    again = replace(interaction(1), producer_id="other", seq=77)
    store.write(batch([interaction(0), interaction(1), interaction(0)]))
    store.write(batch([again, interaction(2)], offset=3))
    assert rows(store, "SELECT user_query, producer_id FROM interactions ORDER BY 1") == [
        (f"question {n}", "producer") for n in range(3)
    ]
    assert rows(store, "SELECT kind, id::VARCHAR, producer_id, seq, clean_offset FROM duplicates ORDER BY 5") == [
        ("interactions", interaction_id(0), "producer", 1, 2),
        ("interactions", interaction_id(1), "other", 77, 3),
    ]
    assert rows(store, "SELECT count(*) FROM conflicts") == [(0,)]
    assert ledger.disagreements(store.connection) == []


def test_another_content_under_the_same_id_is_kept_apart_and_the_first_one_stands(store: Store) -> None:
    store.write(batch([interaction(0), interaction(0, response="second")]))
    store.write(batch([interaction(0, response="third", metadata={"a": 1})], offset=2))
    assert rows(store, "SELECT response FROM interactions") == [("answer 0",)]
    assert rows(store, "SELECT event::JSON ->> 'response' FROM conflicts ORDER BY clean_offset") == [
        ("second",),
        ("third",),
    ]
    assert ledger.disagreements(store.connection) == []


def test_an_old_id_among_new_ones_is_found(store: Store) -> None:
    weeks = 14 * 24 * 3600
    store.write(batch([interaction(number * weeks) for number in range(40)]))
    late = [interaction(number * weeks) for number in range(0, 40, 2)]
    store.write(batch([*late, interaction(41 * weeks)], offset=40))
    assert rows(store, "SELECT count(*) FROM interactions") == [(41,)]
    assert rows(store, "SELECT count(*) FROM duplicates") == [(20,)]


def test_feedback_sent_again_is_one_row(store: Store) -> None:
    same = feedback(0)
    store.write(batch([same]))
    store.write(batch([same, replace(same, score=1.0)], offset=1))
    assert rows(store, "SELECT score FROM feedback") == [(4.0,)]
    assert rows(store, "SELECT kind FROM duplicates UNION ALL SELECT kind FROM conflicts") == [("feedback",)] * 2


def test_a_batch_fails_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        if name == "lake.after_ledger":
            raise InjectedFault(name)

    monkeypatch.setattr("consumers.lake.store.failpoint", fail)
    with pytest.raises(InjectedFault):
        store.write(batch([interaction(0)]))
    assert rows(store, "SELECT count(*) FROM interactions") == [(0,)]
    monkeypatch.undo()
    store.write(batch([interaction(0)]))
    assert rows(store, "SELECT sum(next_offset) FROM ledger") == [(1,)]


def test_positions_move_on_without_rows_past_transaction_markers(store: Store) -> None:
    markers = Batch(CLEAN_TOPIC, REJECTED_TOPIC)
    markers.advance((CLEAN_TOPIC, 1), 3)
    store.write(markers)
    assert rows(store, "SELECT next_offset, records FROM ledger WHERE partition = 1") == [(3, 0)]


def test_a_ledger_that_another_has_moved_stops_the_writer(store: Store) -> None:
    store.connection.execute("UPDATE ledger SET next_offset = 5 WHERE topic = ? AND partition = 0", [CLEAN_TOPIC])
    with pytest.raises(LedgerConflict, match=r"headrace.clean\[0\] at 0"):
        store.write(batch([interaction(0)]))
    assert rows(store, "SELECT count(*) FROM interactions") == [(0,)]


def test_a_topic_made_anew_is_refused(store: Store) -> None:
    with pytest.raises(TopicChanged, match="deleted and made again"):
        store.begin(CLEAN_TOPIC, "another-id", 2)


def test_a_store_belongs_to_one_prefix(store: Store) -> None:
    with pytest.raises(TopicChanged, match=r"written from headrace\.clean, not from other\.clean"):
        store.begin("other.clean", "other-id", 2)


def test_more_partitions_are_read_from_their_start(store: Store) -> None:
    store.begin(CLEAN_TOPIC, "clean-id", 4)
    assert store.entries[CLEAN_TOPIC, 3].next_offset == 0


def test_a_reopened_store_goes_on_where_it_was(offline: Settings) -> None:
    with Store(offline) as first:
        first.begin(CLEAN_TOPIC, "clean-id", 1)
        first.write(batch([interaction(0)]))
    with Store(offline) as second:
        second.write(batch([interaction(0), interaction(1)], offset=1))
        assert rows(second, "SELECT count(*) FROM interactions") == [(2,)]
        assert ledger.disagreements(second.connection) == []


@pytest.mark.slow
@pytest.mark.usefixtures("store")
def test_a_second_writer_is_told_who_holds_the_store(offline: Settings) -> None:
    script = "import sys, yaml; from headrace.settings import parse; from consumers.lake.store import Store; "
    script += "Store(parse(sys.argv[1]))"
    yaml_text = f"continual_learning: {{logging: {{storage: {offline.storage}}}}}"
    ended = subprocess.run([sys.executable, "-c", script, yaml_text], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert f"{StoreLocked.__name__}: {database_path(offline)} is held by process {os.getpid()}" in ended.stderr


def test_a_full_disk_is_told_before_anything_is_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1024})())
    with pytest.raises(StoreFull, match="0 MB free"):
        store.write(batch([interaction(0)]))
    assert rows(store, "SELECT count(*) FROM interactions") == [(0,)]


def test_only_this_user_may_read_the_files(store: Store, offline: Settings) -> None:
    store.write(batch([interaction(0)]))
    assert stat.S_IMODE(offline.storage.stat().st_mode) == 0o700
    for path in offline.storage.glob("headrace.duckdb*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_record_that_is_not_ours_is_fatal_and_not_quoted() -> None:
    with pytest.raises(Fatal, match=r"headrace.clean\[0\] at offset 7 cannot be decoded") as caught:
        Batch(CLEAN_TOPIC, REJECTED_TOPIC).add(Records(CLEAN_TOPIC, [0], [7], [b"ada@example.org"]))
    assert "ada" not in str(caught.value)


def test_an_id_that_is_none_is_fatal_and_not_quoted(store: Store) -> None:
    with pytest.raises(Fatal) as caught:
        store.write(batch([interaction(0, interaction_id="ada@example.org")]))
    assert "ada" not in str(caught.value)


@pytest.mark.parametrize("version", ["1.4.4", "1.5.4"])
def test_a_duckdb_that_loses_data_is_refused(version: str) -> None:
    with pytest.raises(Fatal, match=r"install 1\.5\.5"):
        require_duckdb(version)
