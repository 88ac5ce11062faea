"""Load for benchmarks: interactions of about 1.1 KB written straight to a raw topic, as fast as the broker takes them.

    python -m producers.corpus --bootstrap 127.0.0.1:9092 --topic bench.raw --events 300000

The text is made here (the same for the same seed; one interaction in eight holds personal data), or
comes from a JSONL file of exchanges that are joined to the same size. Ids and times are fresh. What
a person would watch flowing by, with sessions, late ratings and planted failures, is
`producers.simulator`; this is only weight.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from confluent_kafka import Producer

from headrace import codec, kafka
from headrace.client.edge import copied
from headrace.events import ProductionInteraction, now
from headrace.ids import KeyRing, uuid7
from headrace.settings import Kafka
from headrace.topics import PRODUCER_HEADER, SEQ_HEADER

TEXT_CHARACTERS = 640
"""With ids, scores and framing an interaction of this much text is 1.1 KB of msgpack."""
QUERY_SHARE = 0.35
"""How much of the text the user wrote."""
PERSONAL_SHARE = 0.125
"""One interaction in eight: what support conversations show."""
DISTINCT_TEXTS = 10_000
"""11 MB before a text comes again: far past the 64 KB in which lz4 looks back."""
TURNS = 4
"""Interactions in one session, and so with one Kafka key."""
USERS = 2_000
DELIVERY_TIMEOUT_S = 60.0

AGENTS = ("billing", "travel", "restaurants", "banking", "support", "search")
QUERY_SENTENCES = (
    "Could you check whether my order has already left the warehouse, please?",
    "The app closes by itself whenever I open the page with my past invoices.",
    "I would like to move the appointment from Tuesday morning to Thursday after 4 pm.",
    "Is there a vegetarian place near the old harbour that takes six people tonight?",
    "Last month you charged me 49.90 twice, and nobody has answered my two tickets since.",
    "How long does a transfer to an account abroad take, and what does it cost?",
    "I forgot which of the two plans includes roaming; can you compare them for me?",
    "We need a train that arrives before 9:30 and a hotel not too far from the station.",
    "That is not what I asked for: I meant the blue one, size 42, not the black one.",
    "Please explain it in other words, but shorter and without the technical ones.",
    "My daughter turns 12 in May, and the museum's page says nothing about child tickets.",
    "The courier left a card, but the pickup shop on the corner knows of no parcel.",
    "Which documents does the landlord need before we sign for the flat on the third floor?",
    "After the update the heating shows error E07 and the kitchen stays at 16 degrees.",
    "Can I pay half now and the remaining 180 euros when the furniture is delivered?",
    "Somebody used my loyalty points for a flight to Lisbon that I never booked.",
    "What would it take to bring two bicycles on the night ferry in August?",
    "The doctor wrote a new prescription, yet the pharmacy still sees last year's.",
    "Our team wants a quiet room with a projector for 25 guests on Friday afternoon.",
    "Where do I see how many holidays are left for me until December?",
    "Your colleague promised a voucher of 15 percent for the broken lamp.",
    "Does the insurance cover a cracked screen if the phone is older than 24 months?",
    "I cannot find the button that exports the yearly statement as a spreadsheet.",
    "The gym keeps billing my old address although I moved across town in spring.",
    "Suggest three films for a rainy evening with grandparents who dislike violence.",
    "Is the river path open again, or is the detour through the forest still signed?",
    "Our printer pulls two sheets at once and smears the left margin of each page.",
    "Tell me which bakery near platform 7 opens earliest on Sundays.",
    "I want my name removed from the newsletter about gardening tools.",
    "Who decides about scholarships, and by when must both letters be handed in?",
    "Their contract ends on 31 March; what happens to the deposit of 900 after that?",
    "Cancel the second pizza and add olives to the first, no onions anywhere.",
    "The washing machine beeps four times, drains, and then refuses to spin.",
    "Could a neighbour collect the violin if I leave a note with the porter?",
    "Every morning around 8:15 the video call freezes for about half a minute.",
    "Is it cheaper to fly through Vienna, and how much baggage would that include?",
    "My cat ate part of a lily; which clinic takes emergencies after midnight?",
    "Add the crimson scarf to my basket and apply the code from the birthday mail.",
    "Why does the solar panel feed nothing into the battery when it is full of sun?",
    "I lost the locker key at the swimming pool, and my coat with all 4 buttons is inside.",
)
"""So many that turns of one session seldom repeat each other: about one in eight breaks a rule, one in twenty of real
dialogue."""
ANSWER_SENTENCES = (
    "I have looked into this and found that the parcel was handed over to the carrier yesterday evening.",
    "Your plan includes 20 GB a month, and anything above that is slowed down rather than charged.",
    "There are three connections that fit: 6:12, 6:48 and 7:20; the second one needs no change.",
    "I have noted the new time for you, and a confirmation is on its way.",
    "The second charge was a reservation that expires by itself within five working days.",
    "Transfers within the union arrive on the next working day; others take two to four days.",
    "If the page still closes after the update, clearing the cache of the app usually helps.",
    "The table is held for fifteen minutes, and the kitchen takes its last orders at 22:00.",
    "Would you like me to open a ticket so that a colleague can look at version 4.12.3 as well?",
    "Both articles are in stock; the blue one in size 42 costs 12.50 more than the black one.",
)
PERSONAL_SENTENCES = (
    "You can reach me at {name}.{number}@mail.example at any time.",
    "Please call me back on +1 415-555-0{number} after lunch.",
    "My card is 4111 1111 1111 1111 if you need it for the refund.",
    "For the form: my social security number is 536-22-8{number}.",
    "It happens from 198.51.100.{small} and from nowhere else.",
    "I used the key sk-proj-{name}{number}T3BlbkFJx9vQ2mZr7LkWp4 and got a 401.",
)
NAMES = ("ada", "bruno", "chiara", "dmitri", "elif", "farid", "greta", "hugo")


def interactions(
    count: int, texts: Iterable[ProductionInteraction], keys: KeyRing | None = None
) -> Iterator[ProductionInteraction]:
    """`count` interactions with these texts, over and over, in sessions of four turns.

    Ids are fresh. With `keys` user and session ids are pseudonyms, as the client sends them; else as an agent has them.
    """
    for index, text in enumerate(itertools.islice(itertools.cycle(texts), count)):
        if index % TURNS == 0:
            session, user = uuid7(), f"user {index // TURNS % USERS}"
            if keys is not None:
                session, user = keys.hash("session", session), keys.pseudonym("user", user)
        event = copied(text)
        event.interaction_id, event.timestamp = uuid7(), now()
        event.session_id, event.user_id = session, user
        yield event


def made_texts(seed: int) -> Iterator[ProductionInteraction]:
    """Interactions with our own text, the same for the same seed."""
    dice = random.Random(seed)
    for _ in range(DISTINCT_TEXTS):
        query = _sentences(dice, QUERY_SENTENCES, int(TEXT_CHARACTERS * QUERY_SHARE))
        if dice.random() < PERSONAL_SHARE:
            query = f"{query} {_personal(dice)}"
        answer = _sentences(dice, ANSWER_SENTENCES, TEXT_CHARACTERS - len(query))
        yield _interaction(dice, dice.choice(AGENTS), query, answer)


def joined_texts(path: Path, seed: int) -> Iterator[ProductionInteraction]:
    """The exchanges of a JSONL file (`user_query`, `response`; plain or gzip), joined until they are 1.1 KB long."""
    dice = random.Random(seed)
    queries: list[str] = []
    answers: list[str] = []
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for exchange in map(json.loads, lines):
            queries.append(exchange["user_query"])
            answers.append(exchange["response"])
            if sum(map(len, queries + answers)) >= TEXT_CHARACTERS:
                yield _interaction(dice, exchange.get("agent", "agent"), " ".join(queries), " ".join(answers))
                queries, answers = [], []


def fill(bootstrap_servers: str, topic: str, events: Iterable[ProductionInteraction]) -> int:
    """Writes the events to a topic that exists, as the client would, and returns how many once all are acknowledged."""
    producer = Producer({**kafka.producer(Kafka(bootstrap_servers=bootstrap_servers)), "linger.ms": 50})
    name = uuid7().replace("-", "").encode()
    for seq, event in enumerate(events, start=1):
        headers: list[tuple[str, str | bytes | None]] = [(PRODUCER_HEADER, name), (SEQ_HEADER, b"%d" % seq)]
        _produce(producer, topic, str(event.session_id).encode(), codec.encode(event), headers)
    if left := producer.flush(DELIVERY_TIMEOUT_S):
        raise TimeoutError(f"{topic}: {left} events were not acknowledged within {DELIVERY_TIMEOUT_S:g} s")
    return seq


def _produce(
    producer: Producer, topic: str, key: bytes, value: bytes, headers: list[tuple[str, str | bytes | None]]
) -> None:
    while True:
        try:
            return producer.produce(topic, value, key, headers=headers)
        except BufferError:
            producer.poll(0.1)


def _interaction(dice: random.Random, agent: str, query: str, answer: str) -> ProductionInteraction:
    return ProductionInteraction(
        interaction_id="",
        agent_selected=agent,
        agent_version="2026.1",
        user_query=query,
        response=answer,
        latency_ms=round(dice.lognormvariate(6, 0.6), 1),
        routing_confidence=round(1 - 0.6 * dice.random() ** 4, 3),
        model="small-1",
        tokens_in=len(query) // 4,
        tokens_out=len(answer) // 4,
        cost_usd=round(len(answer) * 4e-7, 6),
        tags=["production"],
        metadata={"channel": dice.choice(("web", "app", "phone")), "attempt": 1},
    )


def _sentences(dice: random.Random, choices: tuple[str, ...], characters: int) -> str:
    text = dice.choice(choices)
    while len(text) < characters:
        text = f"{text} {dice.choice(choices)}"
    return text


def _personal(dice: random.Random) -> str:
    sentence = dice.choice(PERSONAL_SENTENCES)
    return sentence.format(name=dice.choice(NAMES), number=dice.randint(100, 199), small=dice.randint(1, 254))


def main(
    bootstrap: Annotated[str, typer.Option(help="The broker's address.")],
    topic: Annotated[str, typer.Option(help="A topic that exists.")],
    events: Annotated[int, typer.Option(min=1, help="How many interactions.")],
    data: Annotated[Path | None, typer.Option(help="Exchanges as JSONL, instead of text made here.")] = None,
    seed: int = 1,
) -> None:
    """Fills a raw topic with interactions of about 1.1 KB."""
    texts = joined_texts(data, seed) if data else made_texts(seed)
    started = time.perf_counter()
    written = fill(bootstrap, topic, interactions(events, texts, KeyRing.from_environment()))
    seconds = time.perf_counter() - started
    print(json.dumps({"events": written, "seconds": round(seconds, 2), "events_per_s": round(written / seconds)}))


if __name__ == "__main__":
    typer.run(main)
