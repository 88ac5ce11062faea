"""Made-up clean records for the lake's benchmarks: interactions of 1.1 KB and, where asked for, feedback on them."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from consumers.lake.records import Records
from headrace.codec import encode
from headrace.events import AnyEvent, Clean, Feedback, ProductionInteraction, Retrieval
from headrace.ids import uuid7
from headrace.service import Shutdown

TEXT_CHARACTERS = 640
"""With ids, scores and framing a record of so much text is 1.1 KB."""
MADE_UP_TEXTS = 10_000
IDS_PER_MS = 60
"""Ids of the rows stored before, and of the measured ones, are as dense as at 60,000 a second."""
RATED_BACK = 10_000
"""Feedback is about one of so many interactions before it."""
PARTITIONS = 6
AGENTS = ("billing", "travel", "restaurants", "banking", "support", "search")
WORDS = (
    "invoice parcel tonight appointment Tuesday train hotel refund plan roaming table ticket account transfer version "
    "please would you could we is it and or not working arrives before station update reservation charge carrier "
    "confirmation to kitchen colleague stock page closes between harbour vegetarian the a for with"
)

Text = tuple[str, str]
"""A query and its response."""


class Recorded:
    """A reader of records that lie in a file; asks for the end after the last one."""

    def __init__(self, path: Path, topic: str, cleans: Iterable[Clean], shutdown: Shutdown) -> None:
        self._topic, self._shutdown = topic, shutdown
        with path.open("wb") as file:
            self._lengths = [file.write(encode(clean)) for clean in cleans]
        self._file = path.open("rb")
        self._position = 0

    @property
    def bytes(self) -> int:
        """Of all records."""
        return sum(self._lengths)

    def read(self, limit: int, timeout_s: float) -> list[Records]:  # noqa: ARG002
        start, end = self._position, min(self._position + limit, len(self._lengths))
        self._position = end
        if end == len(self._lengths):
            self._shutdown.requested = True
        if start == end:
            return []
        values = [self._file.read(length) for length in self._lengths[start:end]]
        numbers = range(start, end)
        return [Records(self._topic, [n % PARTITIONS for n in numbers], [n // PARTITIONS for n in numbers], values)]

    def lag(self) -> dict[int, int]:
        return {}

    def take_ends(self) -> dict[tuple[str, int], int]:
        return {}

    def close(self) -> None:
        self._file.close()


class Paced(Recorded):
    """The same, so many records a second from the first time it is asked."""

    def __init__(self, path: Path, topic: str, cleans: Iterable[Clean], shutdown: Shutdown, per_s: float) -> None:
        super().__init__(path, topic, cleans, shutdown)
        self._per_s = per_s
        self._began_s: float | None = None

    def read(self, limit: int, timeout_s: float) -> list[Records]:
        now = time.monotonic()
        self._began_s = self._began_s or now
        if (due := int((now - self._began_s) * self._per_s) - self._position) <= 0:
            time.sleep(min(timeout_s, limit / self._per_s))
            return []
        return super().read(min(limit, due), timeout_s)


def made_up_cleans(
    texts: Iterator[Text], records: int, stragglers: float = 0.0, preloaded: int = 0, feedback: float = 0.0
) -> Iterator[Clean]:
    """Clean records from now on; a share of `stragglers` has ids that lie among `preloaded` ones before."""
    randomness = random.Random(7)
    start_ms = int(time.time() * 1000)
    rateable: deque[str] = deque(maxlen=RATED_BACK)
    for number, (query, response) in zip(range(records), texts, strict=False):
        ms = start_ms + number // IDS_PER_MS
        is_old = randomness.random() < stragglers
        id_ = uuid7(start_ms - randomness.randrange(preloaded // IDS_PER_MS + 1) if is_old else ms)
        timestamp = datetime.fromtimestamp(ms / 1000, UTC)
        if rateable and randomness.random() < feedback:
            event: AnyEvent = _feedback(randomness, timestamp, id_, number, randomness.choice(rateable))
        else:
            event = _interaction(randomness, timestamp, id_, number, query, response)
            rateable.append(id_)
        yield Clean(
            event=event,
            sanitizer="0.1.0",
            policy="9f8e7d6c5b4a",
            findings={"phone": 1} if number % 8 == 0 else {},
            raw_partition=number % PARTITIONS,
            raw_offset=number // PARTITIONS,
            appended_at=timestamp + timedelta(milliseconds=3),
        )


def _interaction(
    randomness: random.Random, timestamp: datetime, id_: str, number: int, query: str, response: str
) -> ProductionInteraction:
    agent = randomness.choice(AGENTS)
    return ProductionInteraction(
        timestamp=timestamp,
        producer_id="01990000-0000-7000-8000-000000000000",
        seq=number + 1,
        interaction_id=id_,
        session_id=f"h1:abcdefgh:{randomness.getrandbits(104):026x}",
        user_id=_person(randomness),
        agent_selected=agent,
        agent_version="1.3",
        user_query=query,
        response=response,
        latency_ms=round(randomness.lognormvariate(6, 0.6), 1),
        user_feedback_score=float(randomness.randint(1, 5)) if number % 5 == 0 else None,
        routing_confidence=round(randomness.random(), 3),
        routing_scores={agent: round(randomness.random(), 3), "search": round(randomness.random(), 3)},
        model="model-small-2026",
        tokens_in=len(query) // 4,
        tokens_out=len(response) // 4,
        cost_usd=round(randomness.random() / 100, 5),
        retrieval=Retrieval(ids=[f"doc-{randomness.randrange(5000)}"], scores=[round(randomness.random(), 3)]),
    )


def _feedback(randomness: random.Random, timestamp: datetime, id_: str, number: int, about: str) -> Feedback:
    return Feedback(
        timestamp=timestamp,
        producer_id="01990000-0000-7000-8000-000000000000",
        seq=number + 1,
        feedback_id=id_,
        interaction_id=about,
        score=float(randomness.randint(1, 5)),
        rater=_person(randomness),
    )


def _person(randomness: random.Random) -> str:
    return f"h1:abcdefgh:{randomness.randrange(2_000) * 7919:026x}"


def long_texts(data: Path | None) -> Iterator[Text]:
    """Texts of TEXT_CHARACTERS and a little more, of a file's exchanges or made up, without end."""
    exchanges = cycle(made_up_texts()) if data is None else _from_file(data)
    while True:
        query, response = "", ""
        while len(query) + len(response) < TEXT_CHARACTERS:
            asked, answered = next(exchanges)
            query, response = f"{query} {asked}".strip(), f"{response} {answered}".strip()
        yield query, response


def made_up_texts() -> list[Text]:
    """MADE_UP_TEXTS queries and responses of 110 words together."""
    randomness, words = random.Random(7), WORDS.split()
    return [
        (" ".join(randomness.choices(words, k=42)), " ".join(randomness.choices(words, k=68)))
        for _ in range(MADE_UP_TEXTS)
    ]


def _from_file(data: Path) -> Iterator[Text]:
    with gzip.open(data, "rt") if data.suffix == ".gz" else data.open() as lines:
        exchanges = [(row["user_query"], row["response"]) for row in map(json.loads, lines)]
    return cycle(exchanges)
