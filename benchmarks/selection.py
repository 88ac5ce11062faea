"""How many labels each way of selecting needs, and how long it takes to select: ours beside the usual ones.

    python benchmarks/selection.py curves --classes fine --seeds 0,1,2
    python benchmarks/selection.py speed
    python benchmarks/selection.py store --rows 1000000

`curves`: a pool of texts, a learner (logistic regression on their vectors), 50 labels a cycle. The ratio is the labels
that a strategy needs to reach random selection's final accuracy, as a share of those that random had; `area` is the
mean accuracy over the curve above random's. Pools: `selection_pool.py` (the default), or vectors and classes of yours
(`--pool FILE.npz` with v, fine, agent).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parent))

import selection_pool

from analytics.selection import select

Vectors = NDArray[np.float32]
Choose = Callable[[Vectors, Vectors, NDArray[np.int64], int, int], NDArray[np.int64]]
"""Probabilities, vectors, labelled rows, budget and seed to the rows to label next."""

BUDGET = 50
SCHEDULES = {"fine": (300, 1300), "agent": (50, 850)}
"""First labels, drawn at random, and last."""
HELD_OUT_SHARE = 0.15
FIRST_HYBRID_CANDIDATES = 10_000


def ours(strategy: str) -> Choose:
    def choose(p: Vectors, x: Vectors, labelled: NDArray[np.int64], budget: int, seed: int) -> NDArray[np.int64]:
        return select(p, x, labelled, budget, strategy=strategy, seed=seed).indices  # type: ignore[arg-type]

    return choose


def unlabelled(rows: int, labelled: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.setdiff1d(np.arange(rows), labelled)


def plain_random(_p: Vectors, x: Vectors, labelled: NDArray[np.int64], budget: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed * 1000 + len(labelled)).permutation(unlabelled(len(x), labelled))[:budget]


def margins(p: Vectors) -> NDArray[np.float32]:
    two = np.partition(p, -2, axis=1)
    return two[:, -1] - two[:, -2]


def plain_margin(p: Vectors, x: Vectors, labelled: NDArray[np.int64], budget: int, _seed: int) -> NDArray[np.int64]:
    left = unlabelled(len(x), labelled)
    return left[np.argsort(margins(p[left]), kind="stable")[:budget]]


def plain_entropy(p: Vectors, x: Vectors, labelled: NDArray[np.int64], budget: int, _seed: int) -> NDArray[np.int64]:
    left = unlabelled(len(x), labelled)
    q = p[left]
    return left[np.argsort((q * np.log(q + 1e-12)).sum(axis=1), kind="stable")[:budget]]


def k_center(_p: Vectors, x: Vectors, labelled: NDArray[np.int64], budget: int, _seed: int) -> NDArray[np.int64]:
    left = unlabelled(len(x), labelled)
    distance, chosen = 1.0 - (x[left] @ x[labelled].T).max(axis=1), []
    for _ in range(budget):
        chosen.append(left[int(distance.argmax())])
        distance = np.minimum(distance, 1.0 - x[left] @ x[chosen[-1]])
    return np.array(chosen)


def first_hybrid(p: Vectors, x: Vectors, labelled: NDArray[np.int64], budget: int, seed: int) -> NDArray[np.int64]:
    """The 10,000 lowest margins, weighted k-means, the nearest to each centre: what ours began as."""
    from sklearn.cluster import KMeans

    left = unlabelled(len(x), labelled)
    low = left[np.argsort(margins(p[left]))[:FIRST_HYBRID_CANDIDATES]]
    means = KMeans(budget, n_init=1, max_iter=10, random_state=seed).fit(x[low], sample_weight=1 - margins(p[low]))
    distance = means.transform(x[low])
    return low[np.unique(distance.argmin(axis=0))]


STRATEGIES: dict[str, Choose] = {
    "random": plain_random,
    "margin": plain_margin,
    "entropy": plain_entropy,
    "k-center": k_center,
    "first hybrid": first_hybrid,
    "headrace hybrid": ours("hybrid"),
    "headrace uncertainty": ours("uncertainty"),
    "headrace diversity": ours("diversity"),
}


def load_pool(path: Path | None, rows: int) -> dict[str, NDArray[np.generic]]:
    if path is not None:
        return dict(np.load(path))
    cached = Path(tempfile.gettempdir()) / f"headrace-selection-pool-{rows}.npz"
    if not cached.exists():
        from headrace.embedding import embedder

        texts, fine, agent = selection_pool.pool(rows)
        order = np.random.default_rng(0).permutation(rows)
        vectors = embedder("sentence")([texts[row] for row in order])
        np.savez(cached, v=vectors, fine=np.array(fine)[order], agent=np.array(agent)[order])
    return dict(np.load(cached))


def curve(choose: Choose, pool: dict[str, NDArray[np.generic]], classes: str, seed: int) -> tuple[list[float], float]:
    """Accuracy after each cycle, and the seconds of processor time that selecting took in all."""
    vectors, labels = pool["v"].astype(np.float32), np.unique(pool[classes], return_inverse=True)[1]
    cut = int(len(vectors) * (1 - HELD_OUT_SHARE))
    x, y, test_x, test_y = vectors[:cut], labels[:cut], vectors[cut:], labels[cut:]
    first, last = SCHEDULES[classes]
    labelled, accuracies, spent = np.random.default_rng(1000 + seed).permutation(cut)[:first], [], 0.0
    while True:
        model = LogisticRegression(C=10.0, max_iter=60, tol=1e-3).fit(x[labelled], y[labelled])
        accuracies.append(float((model.predict(test_x) == test_y).mean()))
        if len(labelled) >= last:
            return accuracies, spent
        probabilities = model.predict_proba(x).astype(np.float32)
        began = time.process_time()
        chosen = choose(probabilities, x, labelled, BUDGET, seed)
        spent += time.process_time() - began
        labelled = np.concatenate([labelled, chosen])


def ratio(accuracies: list[float], target: float, classes: str) -> float:
    """Labels to reach `target`, between cycles on a line, as a share of the last; NaN where it was not reached."""
    first, last = SCHEDULES[classes]
    for cycle, accuracy in enumerate(accuracies):
        if accuracy >= target:
            before = accuracies[cycle - 1] if cycle else accuracy - 1.0
            return (first + BUDGET * (cycle - (accuracy - target) / (accuracy - before) if cycle else 0)) / last
    return float("nan")


def curves(pool: dict[str, NDArray[np.generic]], classes: str, seeds: list[int], names: list[str]) -> None:
    base = {seed: curve(plain_random, pool, classes, seed)[0] for seed in seeds}
    for name in names:
        runs = {seed: curve(STRATEGIES[name], pool, classes, seed) for seed in seeds}
        areas = [float(np.mean(runs[seed][0]) - np.mean(base[seed])) for seed in seeds]
        row = {
            "strategy": name,
            "ratio": round(float(np.mean([ratio(runs[seed][0], base[seed][-1], classes) for seed in seeds])), 3),
            "final": round(float(np.mean([runs[seed][0][-1] for seed in seeds])), 4),
            "area": round(float(np.mean(areas)), 4),
            "area_above_random": f"{sum(area > 0 for area in areas)} of {len(seeds)}",
            "cpu_s": round(sum(run[1] for run in runs.values()), 2),
        }
        print(json.dumps(row), flush=True)


def speed(rows: int, classes: int, dimensions: int) -> None:
    """Milliseconds of processor time to select 50, the least of five."""
    dice = np.random.default_rng(0)
    p = dice.dirichlet(np.full(classes, 0.1), rows).astype(np.float32)
    x = dice.normal(size=(rows, dimensions)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    labelled = np.arange(300)
    for name, choose in STRATEGIES.items():
        spent = []
        for seed in range(5):
            began = time.process_time()
            choose(p, x, labelled, BUDGET, seed)
            spent.append(time.process_time() - began)
        print(json.dumps({"strategy": name, "ms": round(1000 * min(spent), 1)}), flush=True)


def store(rows: int) -> None:
    """From a store of so many interactions: seconds without embedding, and the process's greatest size."""
    from analytics import live
    from analytics.selection import candidates
    from analytics.selection.choice import choose
    from analytics.selection.pool import make_pool
    from analytics.selection.selector import stored_probabilities
    from consumers.lake.store import Store
    from headrace.settings import ContinualLearning, Logging, Settings

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(continual_learning=ContinualLearning(logging=Logging(storage=Path(folder) / "store")))
        with Store(settings) as made:
            made.connection.execute(
                f"""INSERT INTO interactions BY NAME SELECT uuidv7() AS interaction_id, DATE '2026-03-01' AS day,
                    now()::TIMESTAMP AS timestamp, now()::TIMESTAMP AS appended_at, 'default' AS tenant,
                    'agent-' || (i % 10) AS agent_selected, 'session-' || (i // 3) AS session_id,
                    random() AS routing_confidence, repeat('what people ask ', 6) || i AS user_query
                    FROM range({rows}) AS t(i)"""
            )
        began, spent = time.perf_counter(), time.process_time()
        with live.connect(settings) as opened:
            found = candidates.read(opened, (), 0)
        read_s = time.perf_counter() - began
        vectors = np.random.default_rng(0).normal(size=(len(found.ids), 384)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        pool = make_pool(stored_probabilities(found), vectors, ids=found.ids, sessions=found.sessions)
        selection = choose(pool, BUDGET, "hybrid", 0, 0.1, found.drawn)
        row = {
            "rows": rows,
            "candidates": len(found.ids),
            "chosen": len(selection.indices),
            "read_s": round(read_s, 2),
            "all_s": round(time.perf_counter() - began, 2),
            "cpu_s": round(time.process_time() - spent, 2),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        print(json.dumps(row))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["curves", "speed", "store"])
    parser.add_argument("--classes", choices=list(SCHEDULES), default="fine")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--strategies", default=",".join(STRATEGIES))
    parser.add_argument("--pool", type=Path)
    parser.add_argument("--rows", type=int, default=0)
    options = parser.parse_args()
    if options.what == "speed":
        speed(options.rows or 20_000, 133, 384)
    elif options.what == "store":
        store(options.rows or 1_000_000)
    else:
        pool = load_pool(options.pool, options.rows or 17_000)
        curves(pool, options.classes, [int(seed) for seed in options.seeds.split(",")], options.strategies.split(","))


if __name__ == "__main__":
    main()
