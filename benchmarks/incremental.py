"""Learning in steps against retraining and against plain SGD, on real queries.

    python benchmarks/incremental.py --data interactions.jsonl.gz --part report --course agents|cycles [--json]

`agents`: one new agent at a time, ten steps. `cycles`: fifteen updates whose mix of agents drifts. Accuracy is over
all held-out queries after the last step; forgetting is the mean drop of an agent's accuracy from its best; cost is
processor time of all updates over that of one full training of ours on everything, in the same run. Three to four
minutes a course on a quiet core; progress goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Protocol

import numpy as np
from intent_scenes import PARTS, Query, in_test, queries
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

from analytics.training import IncrementalTrainer, Measured, Strategy, forgetting

CYCLES = 15
EPOCHS = 5


class Learner(Protocol):
    def teach(self, new: list[Query]) -> None: ...

    def predict(self, texts: list[str]) -> list[str]: ...


class Ours:
    def __init__(self, strategy: Strategy, memory: int | None = None) -> None:
        self.trainer = IncrementalTrainer(strategy, memory)

    def teach(self, new: list[Query]) -> None:
        self.trainer.update([query.text for query in new], [query.agent for query in new])

    def predict(self, texts: list[str]) -> list[str]:
        return self.trainer.predict(texts)


class Hashed:
    """Hashed words and characters, as scikit-learn offers them for streams."""

    def __init__(self) -> None:
        words = HashingVectorizer(ngram_range=(1, 2), n_features=2**18, alternate_sign=False)
        letters = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5), n_features=2**18, alternate_sign=False)
        self.features = make_union(words, letters)

    def rows(self, some: list[Query]) -> object:
        return self.features.transform([query.text for query in some])

    def predict(self, texts: list[str]) -> list[str]:
        return list(self.model.predict(self.features.transform(texts)))


class RetrainedSvc(Hashed):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Query] = []

    def teach(self, new: list[Query]) -> None:
        self.seen += new
        agents = [query.agent for query in self.seen]
        if len(set(agents)) == 1:
            self.predict = lambda texts: [agents[0]] * len(texts)  # type: ignore[method-assign]
        else:
            self.__dict__.pop("predict", None)
            self.model = LinearSVC().fit(self.rows(self.seen), agents)


class Sgd(Hashed):
    """`partial_fit`, with a uniform reservoir of so many past examples, or none."""

    def __init__(self, agents: list[str], memory: int = 0) -> None:
        super().__init__()
        self.agents, self.memory = sorted(agents), memory
        self.kept: list[Query] = []
        self.arrived = 0
        self.dice = np.random.default_rng(0)
        self.model = SGDClassifier(alpha=1e-5, random_state=0)

    def teach(self, new: list[Query]) -> None:
        some = [*new, *self.kept]
        rows = self.rows(some)
        agents = np.array([query.agent for query in some])
        for _ in range(EPOCHS):
            order = self.dice.permutation(len(some))
            self.model.partial_fit(rows[order], agents[order], self.agents)  # type: ignore[index]
        for query in new:
            self.arrived += 1
            if len(self.kept) < self.memory:
                self.kept.append(query)
            elif (place := int(self.dice.integers(self.arrived))) < self.memory:
                self.kept[place] = query


def contestants(agents: list[str]) -> dict[str, Callable[[], Learner]]:
    return {
        "LinearSVC retrained": RetrainedSvc,
        "SGD": lambda: Sgd(agents),
        "SGD + replay 500": lambda: Sgd(agents, 500),
        "SGD + replay 4500": lambda: Sgd(agents, 4500),
        "headrace retrained": lambda: Ours("full"),
        "headrace replay": lambda: Ours("replay"),
        "headrace replay 1500": lambda: Ours("replay", 1500),
        "headrace replay 500": lambda: Ours("replay", 500),
        "headrace ewc": lambda: Ours("ewc"),
    }


@dataclass(frozen=True)
class Result:
    accuracy: float
    forgetting: float
    seconds: float


def run(name: str, make: Callable[[], Learner], steps: list[list[Query]], test: list[Query]) -> Result:
    learner, spent, cells = make(), 0.0, []
    first: dict[str, int] = {}
    for number, step in enumerate(steps):
        print(f"\r{name}: step {number + 1} of {len(steps)}, {spent:.1f} s of updates \033[K", end="", file=sys.stderr)
        began = process_time()
        learner.teach(step)
        spent += process_time() - began
        for query in step:
            first.setdefault(query.agent, number)
        answers = learner.predict([query.text for query in test])
        right = np.array([answer == query.agent for answer, query in zip(answers, test, strict=True)])
        agents = np.array([query.agent for query in test])
        cells += [_cell(agent, number, at, right[agents == agent]) for agent, at in first.items()]
    print(f"\r{name}: {spent:.1f} s of updates\033[K", file=sys.stderr)
    return Result(float(right.mean()), forgetting(cells), spent)


def courses(every: list[Query], part: str, course: str) -> tuple[list[list[Query]], list[Query]]:
    """The steps, and the held-out queries."""
    mine = [query for query in every if query.agent in PARTS[part]]  # type: ignore[index]
    train, test = [q for q in mine if not in_test(q.session)], [q for q in mine if in_test(q.session)]
    dice = np.random.default_rng(5)
    if course == "agents":
        return [[q for q in train if q.agent == agent] for agent in dice.permutation(PARTS[part])], test  # type: ignore[index]
    mix = {agent: dice.dirichlet(np.full(CYCLES, 0.3)) for agent in PARTS[part]}  # type: ignore[index]
    when = [int(dice.choice(CYCLES, p=mix[query.agent])) for query in train]
    return [[q for q, at in zip(train, when, strict=True) if at == cycle] for cycle in range(CYCLES)], test


def _cell(agent: str, step: int, learnt_at: int, right: np.ndarray) -> Measured:
    return Measured(
        model="benchmark", step=step, slice=agent, learnt_at=learnt_at, examples=len(right), right=int(right.sum())
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--part", choices=["tune", "report"], default="report")
    options.add_argument("--course", choices=["agents", "cycles"], default="agents")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    steps, test = courses(queries(chosen.data), chosen.part, chosen.course)
    one = run("one full training", lambda: Ours("full"), [[query for step in steps for query in step]], test)
    results = {name: run(name, make, steps, test) for name, make in contestants(list(PARTS[chosen.part])).items()}
    if chosen.json:
        print(json.dumps({"one full training s": one.seconds} | {name: vars(row) for name, row in results.items()}))
        return
    taught = sum(len(step) for step in steps)
    print(f"{len(steps)} steps, {taught} examples; one full training: {one.accuracy:.4f}, {one.seconds:.2f} s")
    print(f"{'':24}  accuracy  gap       forgetting  cost")
    for name, row in results.items():
        gap = results["headrace retrained"].accuracy - row.accuracy
        print(
            f"{name:24}  {row.accuracy:.4f}    {gap:+.4f}   {row.forgetting:.4f}      {row.seconds / one.seconds:.2f}"
        )


if __name__ == "__main__":
    main()
