"""What the pipeline's benchmark asks the running lake, through the analysts' server."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from consumers.bench_processes import POLL_S, Load, monotonic_s
from consumers.lake.access import load_quack, quoted, server_uri, token_path
from headrace.settings import Settings

START_TIMEOUT_S = 60.0


class Analyst:
    """Asks the running lake, as `headrace sql` does."""

    def __init__(self, settings: Settings) -> None:
        self._connection = duckdb.connect()
        load_quack(self._connection)
        deadline = monotonic_s() + START_TIMEOUT_S
        while True:
            try:
                token = quoted(token_path(settings).read_text().strip())
                self._call = f"FROM quack_query({quoted(server_uri(settings))}, {{}}, token => {token})"
                self.stored()
                return
            except (FileNotFoundError, duckdb.Error):
                if monotonic_s() > deadline:
                    raise
            time.sleep(POLL_S)

    def stored(self) -> int:
        """Interactions in the store."""
        return int(self.ask("SELECT coalesce(sum(interactions), 0) FROM ledger LIMIT 1")[0][0])

    def records(self) -> int:
        """Records of all kinds that are stored."""
        return int(self.ask("SELECT coalesce(sum(records), 0) FROM ledger LIMIT 1")[0][0])

    def found(self, producer_id: str, seqs: Iterable[int], since: datetime) -> set[int]:
        """Those of the numbers that are stored."""
        wanted = ", ".join(map(str, seqs))
        return {
            seq
            for (seq,) in self.ask(
                f"SELECT seq FROM interactions WHERE timestamp > TIMESTAMP '{since:%Y-%m-%d %H:%M:%S}' "
                f"AND producer_id = {quoted(producer_id)} AND seq IN ({wanted}) LIMIT 100000"
            )
        }

    def ask(self, sql: str) -> list[Any]:
        """The answer's rows."""
        return self._connection.execute(self._call.format(quoted(sql))).fetchall()


class Latencies:
    """Seconds from the call to log until an analyst's answer shows the row, for the sampled events."""

    def __init__(self, load: Load, analyst: Analyst) -> None:
        self._load, self._analyst = load, analyst
        self._began = datetime.now(UTC) - timedelta(minutes=1)
        self.seconds: dict[int, float] = {}

    def wait_for(self, last_s: float) -> list[int]:
        """The samples logged up to this moment that were not seen yet."""
        return [seq for seq, at in list(self._load.logged_at.items()) if at <= last_s and seq not in self.seconds]

    def look(self) -> None:
        if waiting := self.wait_for(monotonic_s()):
            found = self._analyst.found(self._load.producer_id, waiting, self._began)
            now = monotonic_s()
            self.seconds |= {seq: now - self._load.logged_at[seq] for seq in found}

    def of(self, first_s: float, last_s: float) -> list[float]:
        """Of the events logged between two moments, in order of size."""
        logged = self._load.logged_at
        return sorted(wait for seq, wait in self.seconds.items() if first_s <= logged[seq] <= last_s)
