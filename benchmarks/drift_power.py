"""False alarms, power and delay of drift detection, beside the rules of thumb: `python -m benchmarks.drift_power`.

Everything is drawn anew by `--seed`; `--trials` scales the run, and each line appears when it is measured. With 25, on
one core: frames and power a minute, monitors three, queries two (of real text four, and the embedder's time). `--json`
prints one object for each line instead. With
`--texts FILE.jsonl.gz` (fields `agent`, `intent`, `user_query`) the queries are real: two agents of five domains
each are made of the half of the agents named by `--half`, a third of their intents is held back as new topics.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import ks_2samp, ttest_ind

from consumers.drift.distances import psi
from consumers.drift.embedding import embedding
from consumers.drift.frame import adjusted, frame
from consumers.drift.monitor import Monitor, run_length
from consumers.drift.pooled import pool
from headrace.embedding import embedder
from tests.consumers.drift.support import AGENT_SHARES, AGENTS, SIGNALS, draw

REFERENCE, WINDOW, BATCH = 5_000, 500, 100
QUIET = 20
"""Batches before the shift."""
NUMBERS = [name for name, signal in SIGNALS.items() if signal(np.random.default_rng(0), 2).dtype.kind == "f"]
SHIFTED = ("latency_ms", "tool_ms", "query_length")
LOGNORMAL = {"lognormal, sd 0.9": 0.9, "lognormal, sd 1.0": 1.0}
"""At 0.9 Kolmogorov-Smirnov with a correction finds x 1.15 in .48 of the frames, as the peers did."""
AS_JSON = "--json"
Random = np.random.Generator


def say(part: str, case: str, **measured: float) -> None:
    """One line of the result, as soon as it is known."""
    if AS_JSON in sys.argv:
        print(json.dumps({"part": part, "case": case, **measured}), flush=True)
    else:
        print(f"{case:>34}  " + "  ".join(f"{name} {value:.4g}" for name, value in measured.items()), flush=True)


def heading(words: str) -> None:
    """What the lines after it say; left out of JSON."""
    if AS_JSON not in sys.argv:
        print(f"\n{words}", flush=True)


def false_alarms(rng: Random, trials: int) -> None:
    """Share of quiet frames of thirteen signals in which anything alarms."""
    heading("quiet frames of 13 signals: share with any alarm")
    for size in (100, 500, 2_000, 5_000):
        hits = np.zeros(4)
        for _ in range(trials):
            before, after = draw(rng, REFERENCE), draw(rng, size)
            p = np.array([ks_2samp(before[name], after[name], method="asymp").pvalue for name in NUMBERS])
            stability = max(psi(pool(before[name], after[name])).statistic for name in NUMBERS)
            alarmed = any(signal.alarm for signal in frame(before, after))
            hits += alarmed, p.min() < 0.05, p.min() < 0.05 / len(p), stability > 0.1
        names = ("ours", "ks_at_05", "ks_bonferroni", "psi_over_01")
        say("frames", f"{size} rows", **dict(zip(names, (hits / trials).tolist(), strict=True)))


def power(rng: Random, trials: int) -> None:
    """Share of frames in which one signal that grew is among the alarms."""
    heading(
        "one of 13 signals grew: share of frames in which it alarms (ceiling: the t-test on logs, all of the error)"
    )
    for name in (*SHIFTED, *LOGNORMAL):
        for factor in (1.15, 1.25):
            hits = np.zeros(4)
            for _ in range(trials):
                before, after = draw(rng, REFERENCE), draw(rng, WINDOW)
                column = name if name in SIGNALS else "latency_ms"
                if name not in SIGNALS:
                    spread = LOGNORMAL[name]
                    before[column] = rng.lognormal(0, spread, REFERENCE)
                    after[column] = rng.lognormal(0, spread, WINDOW)
                after[column] = after[column] * factor
                found = frame(before, after)
                ks = {one: ks_2samp(before[one], after[one], method="asymp").pvalue for one in NUMBERS}
                ceiling = ttest_ind(np.log(before[column]), np.log(after[column])).pvalue
                hits += (
                    next(signal.alarm for signal in found if signal.name == column),
                    ks[column] < 0.05 / len(SIGNALS),
                    dict(zip(ks, adjusted(list(ks.values())), strict=True))[column] <= 0.05,
                    ceiling < 0.05 / len(SIGNALS),
                )
            names = ("ours", "ks_bonferroni", "ks_fdr", "ceiling")
            say("power", f"{name} x {factor}", **dict(zip(names, (hits / trials).tolist(), strict=True)))


def monitors(rng: Random, trials: int) -> None:
    """False alarms of sixty batches at three contracts, and the delay after a shift to one small agent."""
    shares = np.array(AGENT_SHARES)
    mixes = {"shares .30 to .01": (shares, 5), "all .10": (np.full(10, 0.1), 0)}

    def counts(mix: Any, size: int) -> dict[str, dict[str, int]]:
        return {"agent": dict(zip(AGENTS, rng.multinomial(size, mix).tolist(), strict=True))}

    heading("60 quiet batches of 100: share of streams that alarm")
    for label, (mix, _) in mixes.items():
        for chance in (0.2, 0.1, 0.05):
            alarms = 0
            for _ in range(5 * trials):
                monitor = Monitor(counts(mix, REFERENCE), run_length(60, chance))
                alarms += any(monitor.update(counts(mix, BATCH)).alarm for _ in range(60))
            say("monitors", f"{label}, contract {chance}", alarmed=alarms / (5 * trials))
    heading("shift to one agent: queries to the alarm, median of streams; peers over the last 500, told one in ten")
    for label, (mix, minor) in mixes.items():
        quiet = _peers(rng, mix, mix, 2_000)
        levels = {name: np.quantile(found[:, 4:].max(axis=1), 0.9) for name, found in quiet.items()}
        for shift in (0.05, 0.1, 0.2, 0.4):
            shifted = mix * (1 - shift)
            shifted[minor] += shift
            ours = []
            for _ in range(trials):
                monitor = Monitor(counts(mix, REFERENCE), run_length(60, 0.1))
                for _ in range(QUIET):
                    monitor.update(counts(mix, BATCH))
                ours.append(next((k for k in range(1, 61) if monitor.update(counts(shifted, BATCH)).alarm), 61))
            delays = {"ours": BATCH * float(np.median(ours))}
            for name, found in _peers(rng, mix, shifted, 40 * trials).items():
                late = np.column_stack([found[:, QUIET:] > levels[name], np.ones(len(found), bool)])
                delays[name] = BATCH * float(np.median(late.argmax(axis=1) + 1))
            say("monitors", f"{label}, shift {shift:.0%}", **delays)


def _peers(rng: Random, mix: Any, shifted: Any, streams: int) -> dict[str, Any]:
    """Chi-square and PSI of the last five batches against the reference (columns), of many streams (rows)."""
    loud = 60 if mix is not shifted else 60 - QUIET
    p = rng.multinomial(REFERENCE, mix, streams)[:, None] / REFERENCE
    batches = [rng.multinomial(BATCH, mix, (streams, QUIET)), rng.multinomial(BATCH, shifted, (streams, loud))]
    sums = np.cumsum(np.concatenate([np.zeros((streams, 5, len(mix))), *batches], axis=1), axis=1)
    q = (sums[:, 5:] - sums[:, :-5]) / (5 * BATCH)
    both = (REFERENCE * p + 5 * BATCH * q) / (REFERENCE + 5 * BATCH)
    q = np.maximum(q, 0.5 / (5 * BATCH))
    return {"chi_square": ((q - p) ** 2 / both).sum(axis=-1), "psi": ((q - p) * np.log(q / p)).sum(axis=-1)}


def queries(rng: Random, trials: int, world: Callable[[Random], tuple[Any, Any, Any, Any]], label: str) -> None:
    """Share of windows in which the vectors' test rejects at 5 %: quiet, a shifted mix, new topics."""
    hits = np.zeros(3)
    for trial in range(1, trials + 1):
        before, *windows = world(rng)
        hits += [embedding(before, window).p_value < 0.05 for window in windows]
        if sys.stderr.isatty():
            print(f"\r{label}: {trial} of {trials}", end="\r", file=sys.stderr)
    say("queries", label, **dict(zip(("quiet", "mix_10", "new_10"), (hits / trials).tolist(), strict=True)))


def made_up(rng: Random) -> tuple[Any, Any, Any, Any]:
    """Ten agents of ten topics, and three new topics in each agent."""
    agents = rng.standard_normal((10, 1, 64)) * 0.8
    topics = agents + rng.standard_normal((10, 13, 64)) * 0.5
    mix = np.array(AGENT_SHARES)

    def sample(size: int, minor: float = 0.0, new: float = 0.0) -> Any:
        agent = np.where(rng.random(size) < minor, 5, rng.choice(10, size, p=mix))
        topic = np.where(rng.random(size) < new, rng.integers(10, 13, size), rng.integers(0, 10, size))
        return topics[agent, topic] + rng.standard_normal((size, 64)) * 0.6

    return sample(REFERENCE), sample(WINDOW), sample(WINDOW, minor=0.1), sample(WINDOW, new=0.1)


def real(path: Path, half: int, name: str) -> Callable[[Random], tuple[Any, Any, Any, Any]]:
    """Windows of distinct real queries, each the first of its intent in a conversation."""
    agents, intents, texts = _first_queries(path, half)
    vectors = embedder(name)(texts)

    def world(rng: Random) -> tuple[Any, Any, Any, Any]:
        group = dict(zip(rng.permutation(np.unique(agents)), np.arange(len(np.unique(agents))) // 2, strict=True))
        groups = np.array([group[agent] for agent in agents])
        new: set[str] = set()
        for one in np.unique(groups):
            own = np.unique(intents[groups == one])
            new |= set(rng.permutation(own)[: len(own) // 3].tolist())
        is_new = np.isin(intents, list(new))
        minor = rng.choice(np.unique(groups))
        known, fresh = (
            rng.permutation(np.flatnonzero(~is_new)).tolist(),
            rng.permutation(np.flatnonzero(is_new)).tolist(),
        )
        rare = [row for row in known if groups[row] == minor]
        kept = rare[: len(rare) // 4]
        common = rng.permutation([row for row in known if groups[row] != minor] + kept).tolist()
        spare = rare[len(rare) // 4 :]
        count = int(rng.binomial(WINDOW, 0.1))
        first, size = common[: 3 * WINDOW], len(common) - 3 * WINDOW
        windows = [first[k * WINDOW : (k + 1) * WINDOW] for k in range(3)]
        windows[1] = windows[1][: WINDOW - count] + spare[:count]
        windows[2] = windows[2][: WINDOW - count] + fresh[:count]
        return vectors[common[-min(size, REFERENCE) :]], *(vectors[rows] for rows in windows)  # type: ignore[return-value]

    return world


def _first_queries(path: Path, half: int) -> tuple[Any, Any, list[str]]:
    rows: dict[str, tuple[str, str]] = {}
    before: tuple[str, str] | None = None
    with gzip.open(path, "rt") as lines:
        for line in lines:
            row = json.loads(line)
            now = (row["conversation_id"], row["intent"])
            if now != before and row["intent"] != "NONE" and len(row["user_query"].split()) >= 5:
                rows.setdefault(row["user_query"], (row["agent"], f"{row['agent']} {row['intent']}"))
            before = now
    names = sorted({agent for agent, _ in rows.values()})[half::2]
    chosen: dict[str, list[str]] = {}
    for text, (agent, intent) in rows.items():
        if agent in names and len(chosen.setdefault(intent, [])) < 500:
            chosen[intent].append(text)
    texts = [text for several in chosen.values() for text in several]
    pairs = [rows[text] for text in texts]
    return np.array([agent for agent, _ in pairs]), np.array([intent for _, intent in pairs]), texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1)
    parser.add_argument("--embedder", default="static")
    parser.add_argument("--only", choices=("frames", "power", "monitors", "queries"))
    parser.add_argument(AS_JSON, action="store_true")
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    parts = {"frames": false_alarms, "power": power, "monitors": monitors}
    for name, part in parts.items():
        if chosen.only in (None, name):
            part(rng, chosen.trials)
    if chosen.only in (None, "queries"):
        heading("queries, windows of 500: share that alarm")
        queries(rng, chosen.trials, made_up, "made up")
        if chosen.texts:
            queries(rng, chosen.trials, real(chosen.texts, chosen.half, chosen.embedder), f"real, {chosen.embedder}")


if __name__ == "__main__":
    main()
