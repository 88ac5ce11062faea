"""Real queries as scenes for a router: some domains are its agents, others are out of scope.

The data are exchanges with a domain and an intent, one JSON object a line (`agent`, `intent`, `user_query`,
`split`, `conversation_id`, `turn`), for example the Schema-Guided Dialogue dataset. Of a dialogue only the turns
that name a new domain are taken: the others ("yes, book it") have no meaning of their own. The domains are in two
halves that share nothing: what was chosen by looking at `tune` is reported on `report`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zlib import crc32

import numpy as np

Part = Literal["tune", "report"]
Manner = Literal["domains", "groups"]

PARTS: dict[Part, list[str]] = {
    "tune": [
        "banks",
        "events",
        "homes",
        "movies",
        "rentalcars",
        "services",
        "weather",
        "flights",
        "messaging",
        "payment",
    ],
    "report": [
        "buses",
        "calendar",
        "hotels",
        "media",
        "music",
        "restaurants",
        "ridesharing",
        "travel",
        "alarm",
        "trains",
    ],
}
OUTSIDE: dict[Part, list[list[str]]] = {
    "tune": [["weather", "banks", "messaging"], ["events", "services", "payment"], ["homes", "movies", "flights"]],
    "report": [["music", "ridesharing", "trains"], ["calendar", "travel", "alarm"], ["buses", "media", "hotels"]],
}
"""Which domains are out of scope, in three scenes for each half."""
PER_DOMAIN = 1700
OUT_OF_SCOPE_PER_DOMAIN = 300
GROUPS = 3
"""Agents of the manner `groups`: each answers for several domains that have nothing to do with each other."""


@dataclass(frozen=True)
class Query:
    text: str
    agent: str
    label: str
    """`agent/intent`."""
    session: str


@dataclass(frozen=True)
class Scene:
    """Queries to learn from and to be judged on, of different sessions; and queries for no agent."""

    train: list[Query]
    test: list[Query]
    outside: list[Query]


def queries(data: Path) -> list[Query]:
    """The turns that name a new domain, each text once, at most PER_DOMAIN of a domain, shuffled."""
    domain_of: dict[str, str] = {}
    found: dict[str, Query] = {}
    with gzip.open(data, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            session, text = f"{row['split']}-{row['conversation_id']}", row["user_query"].strip()
            if row["intent"] == "NONE" or domain_of.get(session) == row["agent"]:
                continue
            domain_of[session] = row["agent"]
            if len(text.split()) >= 3:
                found.setdefault(text.lower(), Query(text, row["agent"], f"{row['agent']}/{row['intent']}", session))
    every = sorted(found.values(), key=lambda query: query.text)
    places: dict[str, int] = {}
    kept = []
    for place in np.random.default_rng(7).permutation(len(every)):
        query = every[place]
        places[query.agent] = places.get(query.agent, 0) + 1
        if places[query.agent] <= PER_DOMAIN:
            kept.append(query)
    return kept


def scenes(every: list[Query], part: Part, manner: Manner) -> Iterator[Scene]:
    """Three scenes of one half. `domains`: an agent for each domain. `groups`: an agent for each two or three."""
    for number, outside in enumerate(OUTSIDE[part]):
        inside = [domain for domain in PARTS[part] if domain not in outside]
        agents = dict(zip(inside, inside, strict=True))
        if manner == "groups":
            order = np.random.default_rng(number).permutation(len(inside))
            agents = {inside[place]: f"group{rank % GROUPS}" for rank, place in enumerate(order)}
        mine = [_relabelled(query, agents[query.agent]) for query in every if query.agent in agents]
        test = [query for query in mine if in_test(query.session)]
        train = [query for query in mine if not in_test(query.session)]
        strange = [q for domain in outside for q in [q for q in every if q.agent == domain][:OUT_OF_SCOPE_PER_DOMAIN]]
        yield Scene(train, test, strange)


def _relabelled(query: Query, agent: str) -> Query:
    return Query(query.text, agent, f"{agent}/{query.label.replace('/', '.')}", query.session)


def in_test(session: str) -> bool:
    return crc32(session.encode()) % 10 < 3
