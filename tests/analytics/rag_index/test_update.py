"""From ratings to a better index, and never to a worse one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pyarrow as pa

from analytics.rag_index import Exchange
from analytics.rag_index.changes import changes
from analytics.rag_index.recall import is_held_back
from analytics.rag_index.update import update
from analytics.registry import Registry
from headrace.retrieval import Entry, RetrievalIndex
from headrace.states import fetch

TOPICS = ("parcel", "password", "invoice", "refund", "opening hours", "gift card", "address", "subscription")
WORDINGS = ("Where do I see my {}?", "Help with {}", "A question about {} please", "{} does not work", "tell me of {}")


def exchange(number: int, **fields: object) -> Exchange:
    topic = TOPICS[number % len(TOPICS)]
    question = WORDINGS[number // len(TOPICS) % len(WORDINGS)].format(topic)
    said = {
        "interaction_id": str(number),
        "session_id": f"session-{number}",
        "question": question,
        "answer": f"Everything about {topic} is in your account under {topic}.",
        "rating": 5.0,
    }
    return msgspec.convert(said | fields, Exchange)


def answers(exchanges: list[Exchange]) -> pa.Table:
    return pa.Table.from_pylist([msgspec.structs.asdict(one) for one in exchanges])


def test_what_people_said_decides() -> None:
    found = changes(
        [
            exchange(1),
            exchange(2, rating=1.0),
            exchange(3, rating=1.0, correction="Ask at the desk."),
            exchange(4, is_retracted=True),
            exchange(5, rating=3.0),
        ]
    )
    assert {entry.entry_id: entry.origin for entry in found.add} == {"1": "answer", "3": "correction"}
    assert found.add[1].answer == "Ask at the desk."
    assert found.remove == {"2", "4"}


def test_an_update_raises_recall_and_is_in_use(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry", "rag_index")
    exchanges = [exchange(number) for number in range(400)]
    made = update(registry, lambda _: answers(exchanges), tmp_path / "files")
    assert made.accepted
    assert (made.before.value, made.before.questions) == (0.0, sum(map(is_held_back, changes(exchanges).add)))
    assert made.after.lower > 0.8
    production = registry.current().production
    assert production is not None
    index = RetrievalIndex.load(fetch(production, tmp_path / "agent"))
    assert "refund" in index.search("I want my refund")[0].entry.answer
    assert not any(map(is_held_back, index.entries))


def test_what_was_retracted_goes_out(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry", "rag_index")
    exchanges = [exchange(number) for number in range(80)]
    gone = next(str(n) for n in range(80) if not is_held_back(changes([exchange(n)]).add[0]))
    update(registry, lambda _: answers(exchanges), tmp_path / "files")
    exchanges[int(gone)] = exchange(int(gone), is_retracted=True)
    made = update(registry, lambda _: answers(exchanges), tmp_path / "files")
    index = RetrievalIndex.load(fetch(registry.current().models[made.version], tmp_path / "agent"))
    assert gone not in {entry.entry_id for entry in index.entries}


def test_what_left_the_store_leaves_the_index_but_documents_stay(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry", "rag_index")
    exchanges = [exchange(number) for number in range(400)]
    document = Entry(entry_id="warranty.md", text="Warranty claims", answer="Within two years.", origin="document")
    update(registry, lambda _: answers(exchanges), tmp_path / "files", [document])
    kept = exchanges[80:]
    made = update(registry, lambda _: answers(kept), tmp_path / "files")
    index = RetrievalIndex.load(fetch(registry.current().models[made.version], tmp_path / "agent"))
    wanted = {entry.entry_id for entry in changes(kept).add if not is_held_back(entry)}
    assert made.accepted
    assert {entry.entry_id for entry in index.entries} == wanted | {"warranty.md"}


def test_an_index_that_finds_less_is_not_promoted(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry", "rag_index")
    good = [exchange(number) for number in range(400)]
    first = update(registry, lambda _: answers(good), tmp_path / "files")
    bad = [
        one if is_held_back(changes([one]).add[0]) else exchange(number, rating=1.0) for number, one in enumerate(good)
    ]
    second = update(registry, lambda _: answers(bad), tmp_path / "files")
    assert not second.accepted
    assert "recall@5 fell" in second.reasons[0]
    production = registry.current().production
    assert production is not None
    assert production.version == first.version


def test_documents_are_sanitized_and_found(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry", "rag_index")
    text = "Warranty claims go to ada@example.org within two years."
    document = Entry(entry_id="warranty.md", text=text, answer=text, origin="document")
    exchanges = [exchange(number) for number in range(40)]
    made = update(registry, lambda _: answers(exchanges), tmp_path / "files", [document])
    index = RetrievalIndex.load(fetch(registry.current().models[made.version], tmp_path / "agent"))
    found = index.search("how long is the warranty", 1)[0].entry
    assert found.entry_id == "warranty.md"
    assert "ada@" not in found.answer
