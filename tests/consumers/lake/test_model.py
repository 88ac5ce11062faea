"""Ledger, restarts and duplicates against a model: whatever happens, nothing is lost and nothing is double."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from consumers.lake import ledger
from consumers.lake import store as store_module
from consumers.lake.batch import Batch, Records
from consumers.lake.store import Store
from headrace.codec import encode
from headrace.failpoints import InjectedFault
from headrace.settings import ContinualLearning, Logging, Settings
from tests.consumers.lake.support import CLEAN_TOPIC, REJECTED_TOPIC, clean, interaction, rejected, rows

pytestmark = pytest.mark.slow

PARTITIONS = 2


class LakeMachine(RuleBasedStateMachine):
    """The logs are lists; a crash is what a copy of the files at that instant opens as."""

    @initialize()
    def open_new(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="headrace-model-"))
        self.clean: list[list[int | None]] = [[] for _ in range(PARTITIONS)]
        self.rejected: list[int] = []
        self.generation = 0
        self._open()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.connection.close()
            shutil.rmtree(self.root)

    @rule(partition=st.integers(0, PARTITIONS - 1), numbers=st.lists(st.integers(0, 8), min_size=1, max_size=4))
    def send(self, partition: int, numbers: list[int]) -> None:
        """Interactions, new ones or some that were sent before; a transaction's marker follows."""
        self.clean[partition] += [*numbers, None]

    @rule(seq=st.integers(100, 120))
    def reject(self, seq: int) -> None:
        self.rejected.append(seq)

    @rule(limit=st.integers(1, 6))
    def store_some(self, limit: int) -> None:
        self.store.write(self._poll(limit))

    @rule(limit=st.integers(1, 6), step=st.sampled_from(["lake.after_rows", "lake.after_ledger", "lake.after_commit"]))
    def die_while_storing(self, limit: int, step: str) -> None:
        batch = self._poll(limit)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store_module, "failpoint", _failing_at(step, self._copy))
            with pytest.raises(InjectedFault):
                self.store.write(batch)
        self._reopen_copy()

    @rule()
    def checkpoint(self) -> None:
        self.store.checkpoint()

    @rule()
    def restart(self) -> None:
        with self.store:
            pass
        self._open()

    @rule(kept=st.floats(0, 1))
    def lose_the_end_of_the_log(self, kept: float) -> None:
        """A crash whose write-ahead log is cut, or gone."""
        self._copy()
        log = self._folder(self.generation + 1) / "headrace.duckdb.wal"
        if log.exists():
            size = int(log.stat().st_size * kept)
            with log.open("r+b") as file:
                file.truncate(size)
            if size == 0:
                log.unlink()
        self._reopen_copy()

    @precondition(lambda self: hasattr(self, "store"))
    @invariant()
    def rows_are_what_the_ledger_says(self) -> None:
        assert ledger.disagreements(self.store.connection) == []
        read = [self.clean[p][: self._position(CLEAN_TOPIC, p)] for p in range(PARTITIONS)]
        sent = [number for records in read for number in records if number is not None]
        stored = rows(self.store, "SELECT user_query FROM interactions")
        assert sorted(stored) == [(f"question {number}",) for number in sorted(set(sent), key=str)]
        assert rows(self.store, "SELECT count(*) FROM duplicates") == [(len(sent) - len(set(sent)),)]
        seqs = rows(self.store, "SELECT seq FROM rejected ORDER BY rejected_offset")
        assert [seq for (seq,) in seqs] == self.rejected[: self._position(REJECTED_TOPIC, 0)]

    def _poll(self, limit: int) -> Batch:
        batch = Batch(CLEAN_TOPIC, REJECTED_TOPIC)
        for partition, log in enumerate(self.clean):
            start = self._position(CLEAN_TOPIC, partition)
            read = [(o, n) for o, n in enumerate(log[start : start + limit], start) if n is not None]
            if read:
                values = [encode(clean(interaction(number))) for _, number in read]
                batch.add(Records(CLEAN_TOPIC, [partition] * len(read), [offset for offset, _ in read], values))
            batch.advance((CLEAN_TOPIC, partition), min(start + limit, len(log)))
        start = self._position(REJECTED_TOPIC, 0)
        if refused := self.rejected[start : start + limit]:
            values = [encode(rejected(seq)) for seq in refused]
            offsets = list(range(start, start + len(refused)))
            batch.add(Records(REJECTED_TOPIC, [0] * len(refused), offsets, values))
        return batch

    def _position(self, topic: str, partition: int) -> int:
        return self.store.entries[topic, partition].next_offset

    def _folder(self, generation: int) -> Path:
        return self.root / f"store-{generation}"

    def _copy(self) -> None:
        shutil.copytree(self._folder(self.generation), self._folder(self.generation + 1), dirs_exist_ok=True)

    def _reopen_copy(self) -> None:
        self.store.connection.close()
        self.generation += 1
        self._open()

    def _open(self) -> None:
        logging = Logging(storage=self._folder(self.generation))
        self.store = Store(Settings(continual_learning=ContinualLearning(logging=logging)))
        self.store.begin(CLEAN_TOPIC, "clean-id", PARTITIONS)
        self.store.begin(REJECTED_TOPIC, "rejected-id", 1)


def _failing_at(step: str, copy: Callable[[], None]) -> Callable[[str], None]:
    def failpoint(name: str) -> None:
        if name == step:
            copy()
            raise InjectedFault(name)

    return failpoint


LakeMachine.TestCase.settings = settings(
    max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLake = LakeMachine.TestCase
