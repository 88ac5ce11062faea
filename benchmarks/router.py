"""The router against what one would build from scikit-learn, on real queries of held-out sessions.

    python benchmarks/router.py --data interactions.jsonl.gz --part report [--labels 500] [--manner groups] [--json]
    python benchmarks/router.py --data interactions.jsonl.gz --speed [--json]

Every contestant learns from the same examples, in the same run. The peers give their best decision value or
probability as confidence; their threshold, as ours here, is put where 5 % of the test queries in scope fall below.
"neighbours" adds, at equal spread, the mean similarity of the five nearest training queries. `--speed`: decisions a
second of processor time, embedding included, reasons too: one query a call, and many.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
from intent_scenes import Scene, queries, scenes
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from analytics.router import RouterTrainer
from analytics.router.calibration import expected_calibration_error
from headrace.embedding import embedder

MEASURES = ("accuracy", "AUROC", "caught", "ECE", "rejected", "fit s", "µs/query")


class Remembered:
    """An embedder that embeds each text once, so that contestants do not pay for each other."""

    def __init__(self) -> None:
        self.model = embedder("sentence")
        self.name, self.dimensions = self.model.name, self.model.dimensions
        self.known: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        fresh = sorted({text for text in texts if text not in self.known})
        for start in range(0, len(fresh), 512):
            block = fresh[start : start + 512]
            self.known.update(zip(block, self.model(block), strict=True))
        return np.array([self.known[text] for text in texts])


REMEMBERED: list[Remembered] = []


def remembered() -> Remembered:
    """Named as a plug of `headrace.embedding`: one for the whole run."""
    if not REMEMBERED:
        REMEMBERED.append(Remembered())
    return REMEMBERED[0]


@dataclass(frozen=True)
class Answers:
    agents: NDArray[np.str_]
    sure: NDArray[np.float64]
    in_scope: NDArray[np.bool_] | None = None


Ask = Callable[[Sequence[str]], Answers]
Fit = Callable[[Scene], Ask]


def tfidf_svc(scene: Scene) -> Ask:
    model = make_pipeline(_ngrams(), LinearSVC()).fit(*_taught(scene))
    return lambda texts: _best(model.classes_, model.decision_function(texts))


def tfidf_logistic(scene: Scene) -> Ask:
    model = make_pipeline(_ngrams(), LogisticRegression(C=10, max_iter=200)).fit(*_taught(scene))
    return lambda texts: _best(model.classes_, model.predict_proba(texts))


def minilm_logistic(scene: Scene) -> Ask:
    texts, agents = _taught(scene)
    model = LogisticRegression(C=10, max_iter=300).fit(remembered()(texts), agents)
    return lambda texts: _best(model.classes_, model.predict_proba(remembered()(texts)))


def both_svc(scene: Scene) -> Ask:
    """n-grams beside sentence vectors, and the neighbourhood in the confidence: what one would build by hand."""
    texts, agents = _taught(scene)
    ngrams = _ngrams().fit(texts)
    known = remembered()(texts)

    def rows(some: Sequence[str]) -> csr_matrix:
        return hstack((ngrams.transform(some), csr_matrix(remembered()(some)))).tocsr()

    def near(some: Sequence[str]) -> NDArray[np.float32]:
        return np.sort(remembered()(some) @ known.T, axis=1)[:, -5:].mean(axis=1)

    model = LinearSVC().fit(rows(texts), agents)
    asked = [query.text for query in scene.test]
    first, nearness = model.decision_function(rows(asked)).max(axis=1), near(asked)

    def ask(some: Sequence[str]) -> Answers:
        answers = _best(model.classes_, model.decision_function(rows(some)))
        sure = (answers.sure - first.mean()) / first.std() + (near(some) - nearness.mean()) / nearness.std()
        return Answers(answers.agents, sure)

    return ask


def headrace(tier: str, intents: bool) -> Fit:
    def fit(scene: Scene) -> Ask:
        trainer = RouterTrainer(tier, embedder=f"{__name__}:remembered")  # type: ignore[arg-type]
        trainer.fit([q.text for q in scene.train], [q.label if intents else q.agent for q in scene.train])
        router = trainer.router
        return lambda texts: Answers(
            np.array(router.predict(texts)), router.confidence(texts), np.asarray(router.in_scope(texts))
        )

    return fit


CONTESTANTS: dict[str, Fit] = {
    "TF-IDF + LinearSVC": tfidf_svc,
    "TF-IDF + logistic": tfidf_logistic,
    "MiniLM + logistic": minilm_logistic,
    "both + SVC, neighbours": both_svc,
    "headrace fast": headrace("fast", intents=False),
    "headrace fast, intents": headrace("fast", intents=True),
    "headrace full": headrace("full", intents=False),
    "headrace full, intents": headrace("full", intents=True),
}


def measure(fit: Fit, scene: Scene) -> dict[str, float]:
    """One contestant on one scene."""
    remembered()([query.text for query in (*scene.train, *scene.test, *scene.outside)])
    began = process_time()
    ask = fit(scene)
    taught = process_time()
    inside = ask([query.text for query in scene.test])
    asked = process_time()
    outside = ask([query.text for query in scene.outside])
    right = inside.agents == np.array([query.agent for query in scene.test])
    known = np.concatenate((np.ones(len(right)), np.zeros(len(outside.sure))))
    return {
        "accuracy": float(right.mean()),
        "AUROC": float(roc_auc_score(known, np.concatenate((inside.sure, outside.sure)))),
        "caught": float((outside.sure < np.quantile(inside.sure, 0.05)).mean()),
        "ECE": expected_calibration_error(inside.sure, right) if inside.in_scope is not None else float("nan"),
        "rejected": float((~inside.in_scope).mean()) if inside.in_scope is not None else float("nan"),
        "fit s": taught - began,
        "µs/query": (asked - taught) / len(right) * 1e6,
    }


def speed(scene: Scene) -> dict[str, float]:
    """Decisions a second of processor time, the best of three."""
    asked = [query.text for query in scene.test][:1000]
    found = {}
    for tier, many in (("fast", 1000), ("full", 300)):
        trainer = RouterTrainer(tier).fit([q.text for q in scene.train], [q.label for q in scene.train])  # type: ignore[arg-type]
        router, texts = trainer.router, asked[:many]
        found[f"{tier}, one a call"] = _rate(lambda texts=texts, router=router: [router.decide(t) for t in texts], many)
        found[f"{tier}, many a call"] = _rate(lambda texts=texts, router=router: router.decide_all(texts), many)
    return found


def _rate(work: Callable[[], object], count: int) -> float:
    spent = []
    for _ in range(3):
        began = process_time()
        work()
        spent.append(process_time() - began)
    return count / min(spent)


def few(scene: Scene, labels: int | None, seed: int) -> Scene:
    """The scene with so many training examples, drawn at random."""
    if labels is None or labels >= len(scene.train):
        return scene
    chosen = np.random.default_rng(seed).permutation(len(scene.train))[:labels]
    return Scene([scene.train[place] for place in chosen], scene.test, scene.outside)


def _ngrams() -> object:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return make_union(words, TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True))


def _taught(scene: Scene) -> tuple[list[str], list[str]]:
    return [query.text for query in scene.train], [query.agent for query in scene.train]


def _best(classes: NDArray[np.str_], values: NDArray[np.float64]) -> Answers:
    return Answers(classes[values.argmax(axis=1)], values.max(axis=1))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--part", choices=["tune", "report"], default="report")
    options.add_argument("--manner", choices=["domains", "groups"], default="domains")
    options.add_argument("--labels", type=int, help="Training examples, drawn with three seeds; all by default.")
    options.add_argument("--speed", action="store_true", help="Decisions a second instead.")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    warnings.filterwarnings("ignore")
    every = list(scenes(queries(chosen.data), chosen.part, chosen.manner))
    if chosen.speed:
        rates = speed(every[0])
        print(json.dumps(rates) if chosen.json else "\n".join(f"{k:20}{v:8.0f} /s" for k, v in rates.items()))
        return
    drawn = [few(scene, chosen.labels, seed) for scene in every for seed in range(3 if chosen.labels else 1)]
    results = {
        name: {key: float(np.mean([row[key] for row in rows])) for key in MEASURES}
        for name, rows in ((name, [measure(fit, scene) for scene in drawn]) for name, fit in CONTESTANTS.items())
    }
    if chosen.json:
        print(json.dumps(results))
        return
    print(f"{len(drawn)} scenes, {np.mean([len(s.train) for s in drawn]):.0f} examples, part {chosen.part}")
    print(f"{'':24}" + "".join(f"{name:>10}" for name in MEASURES))
    for name, row in results.items():
        print(
            f"{name:24}"
            + "".join(f"{row[key]:10.4f}" if key != "µs/query" else f"{row[key]:10.0f}" for key in MEASURES)
        )


if __name__ == "__main__":
    main()
