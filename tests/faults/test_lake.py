"""The lake killed at each step, its log cut, its disk full, its topics changed: nothing lost, nothing double."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import pytest
from confluent_kafka import Producer, TopicPartition

import consumers.lake
from analytics.live import connect
from consumers.lake import ledger
from consumers.lake.access import database_path
from consumers.lake.archive import damaged_files
from consumers.lake.batch import Batch
from consumers.lake.store import SPARE_BYTES, Store
from headrace import kafka
from headrace.broker.local import free_port
from headrace.codec import encode
from headrace.errors import HeadraceError, StoreFull
from headrace.settings import MEGABYTE, ContinualLearning, Logging, Privacy, Settings
from headrace.topic_admin import create_topics
from headrace.topics import BY_NAME, CLEAN, REJECTED
from tests.conftest import write_settings
from tests.consumers.lake.support import CLEAN_TOPIC, batch, clean, feedback, interaction, rejected
from tests.support import Service, count, wait_for

pytestmark = [pytest.mark.broker, pytest.mark.fault]

FAILPOINTS = (
    "lake.after_rows",
    "lake.after_ledger",
    "lake.after_commit",
    "lake.in_checkpoint",
    "lake.parquet_written",
    "lake.parquet_renamed",
)
RECORDS = 3_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Small batches and a small log, so that there are many of each step."""
    store = msgspec.structs.replace(
        settings.store, batch_records=200, batch_seconds=0.05, checkpoint_mb=1, quack_port=free_port()
    )
    return kept_for_ever(msgspec.structs.replace(settings, store=store))


def kept_for_ever(settings: Settings) -> Settings:
    """The records here have dates of their own, which do not pass."""
    privacy = Privacy(retention_days=36_500)
    learning = msgspec.structs.replace(settings.continual_learning, privacy=privacy)
    return msgspec.structs.replace(settings, continual_learning=learning)


@pytest.fixture
def settings_file(settings: Settings, tmp_path: Path) -> Path:
    return write_settings(settings, tmp_path / "headrace.yaml")


def fill(settings: Settings, first: int = 0, interactions: int = RECORDS) -> None:
    """Clean records with one in ten sent twice, and rejections, in transactions of which some are aborted."""
    producer = Producer({**kafka.producer(settings.kafka), "transactional.id": settings.kafka.topic("test")})
    producer.init_transactions()
    for start in range(first, first + interactions, 250):
        for aborted in (start % 3 == 0, False):
            producer.begin_transaction()
            for number in range(start, start + 250):
                _send(producer, settings, number)
            producer.flush()
            if aborted:
                producer.abort_transaction()
            else:
                producer.commit_transaction()
                break


def _send(producer: Producer, settings: Settings, number: int) -> None:
    partition = number % BY_NAME[CLEAN].partitions
    said = interaction(number, user_query=f"question {number} " + "x" * 1000)
    for _ in range(2 if number % 10 == 0 else 1):
        producer.produce(settings.kafka.topic(CLEAN), encode(clean(said)), partition=partition)
    if number % 20 == 0:
        producer.produce(settings.kafka.topic(REJECTED), encode(rejected(number)), partition=number % 3)
        producer.produce(settings.kafka.topic(CLEAN), encode(clean(feedback(number))), partition=partition)


def assert_sound(settings: Settings) -> None:
    """Ledger and rows agree: asked at every reopen."""
    with duckdb.connect(str(database_path(settings))) as connection:
        assert ledger.disagreements(connection) == []


def assert_complete(settings: Settings, interactions: int = RECORDS) -> None:
    """Each interaction once, each repetition known, each rejection once."""
    with duckdb.connect(str(database_path(settings)), read_only=True) as connection:
        numbers = connection.execute("SELECT split_part(user_query, ' ', 2)::INT FROM interactions ORDER BY 1")
        assert [number for (number,) in numbers.fetchall()] == list(range(interactions))
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM duplicates), (SELECT count(*) FROM conflicts), "
            "(SELECT count(*) FROM rejected), (SELECT count(*) FROM feedback)"
        ).fetchone()
        assert counts == (interactions // 10, 0, interactions // 20, interactions // 20)


def run_to_the_end(settings: Settings, settings_file: Path, interactions: int = RECORDS) -> None:
    """The lake until it has stored everything; then asked to end."""
    sent = count(settings, CLEAN) + count(settings, REJECTED)
    with Service("lake", settings_file) as lake:
        wait_for(lambda: not lake.is_running or records_stored(settings) == sent, "the lake to have read everything")
        assert lake.terminate() == 0, lake.tail()
    assert_sound(settings)
    assert_complete(settings, interactions)


def records_stored(settings: Settings) -> int | None:
    """As an analyst of the running lake sees it; None while it does not answer."""
    try:
        with connect(settings, "lake") as store:
            (row,) = store.query("SELECT sum(records)::BIGINT AS records FROM ledger").read_all().to_pylist()
            return int(row["records"])
    except (HeadraceError, duckdb.Error):
        return None


def die_at(settings_file: Path, failpoint: str, nth: int) -> None:
    with Service("lake", settings_file, fault=f"{failpoint}@{nth}:kill") as lake:
        assert lake.wait() == -9, lake.tail()


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_at_each_step(settings: Settings, settings_file: Path, failpoint: str) -> None:
    fill(settings)
    for nth in (1, 3) if "after" in failpoint else (1,):
        die_at(settings_file, failpoint, nth)
        assert_sound(settings)
    run_to_the_end(settings, settings_file)


def test_every_failpoint_of_the_lake_has_a_case() -> None:
    text = "".join(path.read_text() for path in Path(consumers.lake.__path__[0]).glob("*.py"))
    forgetting = {name for name in re.findall(r'failpoint\("([^"]+)"\)', text) if name.startswith("lake.forgetting")}
    assert set(re.findall(r'failpoint\("([^"]+)"\)', text)) - forgetting == set(FAILPOINTS)


def test_a_half_written_day_is_written_again(settings: Settings, settings_file: Path) -> None:
    fill(settings)
    die_at(settings_file, "lake.parquet_renamed", 1)
    with Service("lake", settings_file) as lake:
        wait_for(lambda: list(settings.storage.glob("parquet/day=*/manifest.json")), "the copy")
        assert lake.terminate() == 0, lake.tail()
    assert damaged_files(settings) == []


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_a_log_that_was_cut_is_healed_by_reading_again(settings: Settings, settings_file: Path, kept: float) -> None:
    fill(settings)
    die_at(settings_file, "lake.after_commit", 3)
    log = Path(f"{database_path(settings)}.wal")
    assert log.exists()
    os.truncate(log, int(log.stat().st_size * kept))
    if kept == 0.0:
        log.unlink()
    assert_sound(settings)
    run_to_the_end(settings, settings_file)


def test_killed_at_random(settings: Settings, settings_file: Path) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    randomness = random.Random(seed)
    fill(settings)
    for _ in range(4):
        with Service("lake", settings_file) as lake:
            wait_for(lambda: "lake.started" in lake.log.read_text() or not lake.is_running, "the start")
            try:
                lake.wait(randomness.uniform(0.0, 1.0))
            except AssertionError:
                lake.kill()
        assert_sound(settings)
    run_to_the_end(settings, settings_file)


def test_an_old_backup_reads_the_difference_again(settings: Settings, settings_file: Path, tmp_path: Path) -> None:
    fill(settings, 0, 1000)
    run_to_the_end(settings, settings_file, 1000)
    shutil.copy(database_path(settings), tmp_path / "backup.duckdb")
    fill(settings, 1000, RECORDS - 1000)
    run_to_the_end(settings, settings_file)
    shutil.copy(tmp_path / "backup.duckdb", database_path(settings))
    run_to_the_end(settings, settings_file)


def test_a_second_lake_is_refused_by_name_of_the_first(settings_file: Path) -> None:
    with Service("lake", settings_file) as first:
        wait_for(lambda: "lake.started" in first.log.read_text(), "the start")
        with Service("lake", settings_file) as second:
            assert second.wait() == 1
            assert f"is held by process {first.process.pid}" in second.tail()
        assert first.terminate() == 0


def test_a_topic_made_anew_is_refused(settings: Settings, settings_file: Path) -> None:
    fill(settings, 0, 500)
    run_to_the_end(settings, settings_file, 500)
    client = kafka.admin(settings.kafka)
    name = settings.kafka.topic(CLEAN)
    client.delete_topics([name])[name].result()
    wait_for(lambda: name not in client.list_topics(timeout=10).topics, "the topic to go")
    create_topics(client, settings)
    with Service("lake", settings_file) as lake:
        assert lake.wait() == 1
        assert "deleted and made again" in lake.tail()
    assert_sound(settings)


def test_records_that_expired_unread_stop_the_lake(settings: Settings, settings_file: Path) -> None:
    fill(settings, 0, 500)
    name = settings.kafka.topic(CLEAN)
    client = kafka.admin(settings.kafka)
    for future in client.delete_records([TopicPartition(name, 2, 50)]).values():
        future.result()
    with Service("lake", settings_file) as lake:
        assert lake.wait() == 1
        assert f"{name}[2]: offsets 0 to 49 expired before they were read" in lake.tail()
    with Service("skip", settings_file, arguments=["skip-gap", f"{name}:2:50"]) as command:
        assert command.wait() == 0, command.tail()
    with Service("lake", settings_file) as lake:
        wait_for(lambda: (records_stored(settings) or 0) > 400, "the lake to go on past the gap")
        assert lake.terminate() == 0
    assert_sound(settings)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with 48 MB."""
    folder = tmp_path / "store"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let us mount a tmpfs of 48 MB")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_stops_the_lake_and_loses_nothing(
    settings: Settings, settings_file: Path, small_disk: Path
) -> None:
    fill(settings)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - SPARE_BYTES - 3 * MEGABYTE))
    with Service("lake", settings_file) as lake:
        assert lake.wait() == 1
        assert "free some space and start the lake again" in lake.tail()
    assert_sound(settings)
    ballast.unlink()
    run_to_the_end(settings, settings_file)


def test_a_disk_that_fills_while_a_batch_is_written_loses_nothing(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Settings(continual_learning=ContinualLearning(logging=Logging(storage=small_disk)))
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1 << 40})())
    with Store(own) as store:
        store.begin(CLEAN_TOPIC, "clean-id", 1)
    store = Store(own)
    written = _batches_until_full(store)
    store.connection.close()
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    with Store(own) as store:
        assert ledger.disagreements(store.connection) == []
        assert store.connection.execute("SELECT count(*) FROM interactions").fetchone() == (written * 500,)
        store.write(_noise(written))


def _batches_until_full(store: Store) -> int:
    """How many batches were stored before the disk was full."""
    for number in range(1000):
        try:
            store.write(_noise(number))
        except StoreFull:
            return number
    raise AssertionError("the disk was never full")


def _noise(number: int) -> Batch:
    """Five hundred interactions with a kilobyte that cannot be compressed."""
    events = [interaction(number * 500 + row, user_query=os.urandom(800).hex()[:1000]) for row in range(500)]
    return batch(events, offset=number * 500)
