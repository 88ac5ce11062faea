"""How well the failure rules find what the simulator plants, and how well facts tell inventions from answers.

    python benchmarks/failure_rules.py [--interactions 20000] [--seed 7] [--json]

Precision and recall of each flag, over all planted interactions. What a rule cannot see counts as missed all the
same: a hallucination whose score was not logged, a wrong route that nobody corrected and the router was sure of.

Facts: for each answer of the simulator that a document backs, `unsupported_facts` is asked about the answer with the
document and with every number, name and quotation of it replaced by others (an invention), both without a score.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Annotated

import typer

from consumers.failures.facts import unsupported_facts
from consumers.failures.find import find
from consumers.failures.finding import FLAGS
from consumers.failures.record_rules import MIN_UNSUPPORTED
from headrace.events import Feedback, ProductionInteraction
from headrace.settings import FailureAnalysis
from producers.simulator.plan import Plan
from producers.simulator.stream import simulate
from producers.simulator.truth import InteractionTruth

Scores = dict[str, dict[str, float]]
AMOUNTS = ("€12.50", "1,250", "17:45", "£980", "3 March", "2031", "48 hours", "order 77310", "19 October", "6 %")
NAMES = ("Reykjavík", "Anna Lindqvist", "Contoso Ltd", "Lake Orta", "the Bergen office", "“Winter Saver”", "Model T-40")
FRAMES = (
    "The refund of {a} for {n} was sent on {b}.",
    "You can reach {n} until {a}; the fee is {b}.",
    "According to {n}, delivery takes {a} and costs {b}.",
    "I have booked {n} for {a}, reference {b}.",
)
PARAPHRASES = (
    "Certainly! {b} is the date or amount to remember, {a} the other, and {n} is in charge.",
    "In short: {n}, {a}, {b}.",
    "Here is what I found about {n}: {a} comes first, then {b}. Is there anything else?",
)


def rules(interactions: int, seed: int) -> Scores:
    """Precision, recall and count of each flag."""
    planted, events, feedback = {}, [], []
    for event, truth in simulate(Plan(seed=seed, interactions=interactions)):
        if isinstance(truth, InteractionTruth) and isinstance(event, ProductionInteraction):
            planted[truth.interaction_id] = set(truth.failures)
            events.append(event)
        elif isinstance(event, Feedback):
            feedback.append(event)
    found = find(events, feedback, FailureAnalysis())
    flagged = {id_: {finding.flag for finding in findings} for id_, findings in found.items()}
    hits, said, true = Counter[str](), Counter[str](), Counter[str]()
    for id_, failures in planted.items():
        claims = flagged.get(id_, set())
        hits.update(claims & failures)
        said.update(claims)
        true.update(failures)
    return {
        flag: {"planted": true[flag], "precision": hits[flag] / said[flag], "recall": hits[flag] / true[flag]}
        for flag in FLAGS
        if true[flag] and said[flag]
    }


def facts(pairs: int, seed: int) -> dict[str, float]:
    """The share of faithful and of invented answers that are called invented."""
    random = Random(seed)
    limit = FailureAnalysis().unsupported_facts
    called = Counter[bool]()
    for document, answer, invented in _pairs(random, pairs):
        unsupported, total = unsupported_facts(answer, [document])
        called[invented] += unsupported >= MIN_UNSUPPORTED and unsupported / total >= limit
    return {"faithful_called_invented": called[False] / pairs, "invented_found": called[True] / pairs}


def _pairs(random: Random, pairs: int) -> Iterator[tuple[str, str, bool]]:
    """A document, an answer that says what it says in other words, and the same answer about other facts."""
    for _ in range(pairs):
        a, b, other_a, other_b = random.sample(AMOUNTS, 4)
        name, other_name = random.sample(NAMES, 2)
        document = random.choice(FRAMES).format(a=a, b=b, n=name)
        frame = random.choice(PARAPHRASES)
        yield document, frame.format(a=a, b=b, n=name), False
        yield document, frame.format(a=other_a, b=other_b, n=other_name), True


def main(
    interactions: Annotated[int, typer.Option(help="Of the simulator.")] = 20_000,
    seed: Annotated[int, typer.Option()] = 7,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Measures the rules and the facts."""
    measured = {"rules": rules(interactions, seed), "facts": facts(2_000, seed)}
    if as_json:
        print(json.dumps(measured))
        return
    for flag, score in measured["rules"].items():
        shares = f"precision {score['precision']:.3f}  recall {score['recall']:.3f}"
        print(f"{flag:16s} {score['planted']:6d} planted  {shares}")
    for name, value in measured["facts"].items():
        print(f"{name:26s} {value:.3f}")


if __name__ == "__main__":
    typer.run(main)
