import json
from itertools import islice
from pathlib import Path

import pytest

from headrace import codec
from headrace.ids import KeyRing
from producers.corpus import DISTINCT_TEXTS, TURNS, interactions, joined_texts, made_texts

KEYS = KeyRing([b"k" * 32])


def test_the_same_seed_makes_the_same_text() -> None:
    first, again, other = ([text.user_query for text in islice(made_texts(seed), 50)] for seed in (1, 1, 2))
    assert first == again != other


def test_interactions_weigh_about_1100_bytes() -> None:
    sizes = [len(codec.encode(event)) for event in interactions(500, made_texts(1), KEYS)]
    assert 1000 < sum(sizes) / len(sizes) < 1200


def test_one_in_eight_holds_personal_data() -> None:
    marks = ("@mail.example", "+1 415-555", "4111 1111", "social security", "198.51.100.", "sk-proj-")
    personal = sum(any(mark in text.user_query for mark in marks) for text in made_texts(1))
    assert 0.11 < personal / DISTINCT_TEXTS < 0.14


def test_ids_are_fresh_and_sessions_hold_four_turns_under_our_pseudonyms() -> None:
    events = list(interactions(2 * TURNS, islice(made_texts(1), 2), KEYS))
    assert len({event.interaction_id for event in events}) == len(events)
    assert len({event.session_id for event in events[:TURNS]}) == 1
    assert events[0].session_id != events[TURNS].session_id
    assert KEYS.verifies("session", events[0].session_id or "")


@pytest.mark.parametrize("exchanges", [40, 41])
def test_exchanges_of_a_file_are_joined(tmp_path: Path, exchanges: int) -> None:
    path = tmp_path / "exchanges.jsonl"
    row = {"user_query": "How long is the line?" * 2, "response": "About ten minutes." * 3, "agent": "parks"}
    path.write_text("\n".join(json.dumps(row) for _ in range(exchanges)))
    texts = list(joined_texts(path, seed=1))
    assert texts
    assert {text.agent_selected for text in texts} == {"parks"}
    assert all(640 <= len(text.user_query) + len(text.response) < 800 for text in texts)
