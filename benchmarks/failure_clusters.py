"""Failure clusters against HDBSCAN, DBSCAN, k-means and average linkage, in one run, on texts not tuned on.

    python benchmarks/failure_clusters.py --data /path/to/sgd_interactions.jsonl.gz [--scenes 5] [--json]

A scene plants up to 12 intents of 40 to 140 failing queries each (session-first queries; at most two intents of an
agent) among 210 scattered ones: queries of the other intents, one of each, and made-up questions on a subject of their
own each. Intents are split by agent: those of HELD_BACK, on which nothing was tuned, are planted (all nine); with
`--half tuned` twelve of the others, on which settings were chosen, with fresh seeds; with `--half "made report"`
twelve of a hundred made-up intents (`made_intents.py`) on which nothing was chosen (`"made tune"`: it was). What the
data call `services` are four: their intents are parted by the trade that the dialogue names; `--no-by-trade` leaves
them as labelled.

    ari, purity   of the planted members, unclustered ones counting as one group
    recovered     share of the intents that a cluster matches with a Jaccard index of at least one half
    noise         share of the scattered queries that no cluster took
    invented      clusters in 210 scattered queries alone

Identity: eight failures, of all agents, with 22 fresh queries each and 60 scattered ones a window; each window one is
fixed and one is new. `same` is the share of failures that keep their cluster's id, `new` that of new ones with a
new id.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import made_intents
import numpy as np
import typer
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score

from consumers.failures.clusters import Window, update
from consumers.failures.partition import partition
from consumers.failures.refine import refine
from consumers.failures.state import ClusterState, Failing, packed
from headrace.embedding import embedder

PLANTED, SCATTERED, LEAST = 12, 210, 5
MADE = "made "
MOST_MADE = 120
"""Queries of a made-up intent."""
MOST_TEXTS = 160
"""Of an intent that are embedded."""
_SUBJECT_TEXT = """
    sourdough bread; capital gains tax; a leaking tap; guitar strings; the boiling point of mercury; a visa for
    Japan; dog vaccinations; knee pain after running; a squeaky door; the French revolution; a birthday cake for
    twelve; cryptocurrency wallets; black holes; a dead car battery; cat allergies; the offside rule; a wedding
    toast; removing red wine stains; my credit score; learning Mandarin; a lost passport; solar panels; the
    population of Brazil; a haircut nearby; chess openings; growing tomatoes; night vision; a broken zipper; cheap
    flights to Oslo; sleeping better; quantum computers; a mortgage; vegan cheese; ironing a shirt; the tallest
    mountain; jury duty; a sore throat; old coins; bicycle gears; a cover letter; daylight saving time; the stock of
    Apple; composting; house plants for dark rooms; the speed of light; a snoring partner; piano lessons; airport
    lounges; a flat tyre; horoscopes; baby names; a slow laptop; the moon landing; rental deposits; roman numerals;
    my horse; knitting a scarf; the meaning of life; braces for adults; deep sea fish; a parking fine; crossword
    puzzles; hiccups; the oldest tree; making soap; a noisy neighbour; student loans; train strikes; volcanoes;
    dating apps; pasta carbonara; tattoo removal; snow chains; my bonus; a power outage; the word serendipity; a
    jammed printer; wine with fish; lottery odds; dry skin; organ donation; the recipe for paella; a chimney sweep;
    beekeeping; cricket scores; a poem about autumn; electric scooters; the exchange rate of the yen; ants in the
    kitchen; yoga for beginners; a will; rocket fuel; used books; a telescope; marathon training; the king of Spain;
    hair loss; a tent for winter; Swedish furniture; radio frequencies; my library card; Olympic medals; a
    trampoline; gluten; carbon dioxide; weekend jobs; magic tricks; whales; the postal code of Dundee; a hearing
    aid; spicy food; a podcast about history; blood pressure; moving to Canada; fireworks; a raincoat; gold prices;
    Wi-Fi at the cottage; a suit for an interview; jet lag; the Nobel prize; insects you can eat; a kayak; algebra
    homework; umbrella insurance; tap dancing; voting by mail; the colour of the sky; a carpenter; coffee grinders;
    northern lights; my chickens; a stolen bike; translating a menu; fossils; a babysitter; shaving cream; public
    holidays; bass fishing; rust; a magnet; perfume; planting bulbs; contact lenses; a speeding ticket; the plot of
    Hamlet; folding a fitted sheet; sea sickness; a swimming pool; sharpening knives; maple syrup; the dentist;
    dinosaurs; lactose; opera tickets; a greenhouse; stray cats; recycling glass; origami; the weight of an
    elephant; a drum kit; nut allergies; tides; bunk beds; a compass; mushrooms in the forest; Latin grammar; a
    farewell party; frost on the windscreen; motorbike licences; pension funds; hot air balloons; the alphabet
    backwards; a mosquito bite; pottery classes; sunburn; a dishwasher that smells; haiku; desert animals; the
    metric system; skateboards; earthquakes; a crooked picture; truffles; ballet shoes; a lighthouse; dental floss;
    windmills; a robot vacuum; salsa music; the Great Wall; goats; a chandelier; hay fever; satellites; a bow tie;
    penguins
"""
SUBJECTS = " ".join(_SUBJECT_TEXT.split()).split("; ")
FRAMES = (
    "how do i deal with {}",
    "what is the deal with {}",
    "tell me about {}",
    "can you help me with {}",
    "{} - any advice?",
    "i want to know more on {}",
    "is it true what they say about {}",
    "who knows a lot about {}",
    "when should i worry about {}",
    "where can i get {}",
    "explain {} to me like i'm five",
    "i'm having trouble with {}",
    "what do you think of {}",
    "why is everyone talking of {}",
    "give me three facts about {}",
    "how much would {} cost",
    "did you hear about {}",
    "please find something on {}",
    "what's best for {}",
    "should i care about {}",
)
HELD_BACK = ("payment", "rentalcars", "restaurants", "services", "trains", "travel")
"""Agents none of whose queries any setting was chosen on: nine intents, four pairs of them close."""
SAME = {"media/FindMovies": "movies/FindMovies", "hotels/SearchHouse": "hotels/SearchHotel"} | {
    "events/GetEventDates": "events/FindEvents",
    "flights/SearchRoundtripFlights": "flights/SearchOnewayFlight",
    "flights/ReserveRoundtripFlights": "flights/ReserveOnewayFlight",
    "hotels/BookHouse": "hotels/ReserveHotel",
    "homes/FindHomeByArea": "homes/FindApartment",
    "music/LookupSong": "music/LookupMusic",
    "music/PlaySong": "music/PlayMedia",
}
"""Intents of two services that ask for the same thing in the same words."""
TRADES = {
    "dentist": re.compile("dent(?:ist|al)"),
    "salon": re.compile("salon|hair|stylist"),
    "therapist": re.compile("therap|psych"),
    "doctor": re.compile("doctor|physician|gynec|dermat|ophthal"),
}
"""The four services that the data call `services`: whoever books a dentist does not want what books a haircut."""

Rows = np.ndarray[Any, Any]
Method = Callable[[Rows], Rows]


class Data:
    """Vectors of each intent, and of scattered questions."""

    def __init__(self, path: Path, model: str, half: str = "", by_trade: bool = True) -> None:
        found: dict[str, set[str]] = defaultdict(set)
        with gzip.open(path, "rt") as lines:
            rows = [json.loads(line) for line in lines]
        trades = _trades(rows) if by_trade else {}
        for row in rows:
            if row["turn"] == 0 and row["intent"] != "NONE" and 12 < len(row["user_query"]) < 110:
                name = f"{row['agent']}/{row['intent']}{trades.get(_dialogue(row), '')}"
                found[SAME.get(name, name)].add(row["user_query"])
        random = np.random.default_rng(3)
        texts = {
            name: list(random.permutation(sorted(queries))[:MOST_TEXTS])
            for name, queries in sorted(found.items())
            if len(queries) >= 40
        }
        embed = embedder(model)
        self.intents = {name: embed(queries) for name, queries in texts.items()}
        asked = [frame.format(subject) for subject in SUBJECTS for frame in random.permutation(FRAMES)[:3]]
        self.subjects = embed(asked).reshape(len(SUBJECTS), 3, -1)
        back = [name for name in texts if name.partition("/")[0] in HELD_BACK]
        self.halves = {"held back": back, "tuned": [name for name in texts if name not in back]}
        if half.startswith(MADE):
            phrasings = made_intents.intents(half.removeprefix(MADE)).values()
            made = {f"{n}/made": made_intents.queries(of, MOST_MADE, random) for n, of in enumerate(phrasings)}
            self.intents |= {name: embed(queries) for name, queries in made.items()}
            self.halves = {half: list(made)}

    def scattered(self, random: np.random.Generator, count: int, without: Sequence[str] = ()) -> Rows:
        """Questions on subjects of their own, and other intents' queries, one of each."""
        rows = [one[random.integers(3)] for one in random.permutation(self.subjects)]
        rows += [random.choice(of) for name, of in self.intents.items() if name not in without]
        return np.stack([rows[i] for i in random.permutation(len(rows))[:count]])


def _dialogue(row: dict[str, Any]) -> tuple[str, str]:
    return row["split"], row["conversation_id"]


def _trades(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """For each dialogue with `services` the trade that it names most often."""
    named: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["agent"] == "services":
            text = f"{row['user_query']} {row['response']}".lower()
            named[_dialogue(row)].update({f" of {trade}": len(of.findall(text)) for trade, of in TRADES.items()})
    return {dialogue: counts.most_common(1)[0][0] for dialogue, counts in named.items() if counts.total()}


def scene(data: Data, half: str, seed: int, most_of_agent: int) -> tuple[Rows, Rows]:
    """Vectors, and the intent of each or -1."""
    random = np.random.default_rng(seed)
    of_agent: Counter[str] = Counter()
    chosen: list[str] = []
    for name in random.permutation(data.halves[half]):
        agent = name.partition("/")[0]
        if of_agent[agent] < most_of_agent and len(chosen) < PLANTED:
            chosen.append(name)
            of_agent[agent] += 1
    parts, labels = [], []
    for number, name in enumerate(chosen):
        size = min(int(random.integers(40, 141)), len(data.intents[name]))
        parts.append(random.permutation(data.intents[name])[:size])
        labels += [number] * size
    parts.append(data.scattered(random, SCATTERED, chosen))
    order = random.permutation(len(labels) + SCATTERED)
    return np.vstack(parts)[order], np.array(labels + [-1] * SCATTERED)[order]


def scores(truth: Rows, found: Rows) -> dict[str, float]:
    """The measures of one scene."""
    planted = truth >= 0
    pure = sum(np.bincount(truth[planted & (found == c)]).max() for c in set(found[planted]))
    recovered = 0
    for intent in range(truth.max() + 1):
        own = truth == intent
        recovered += any((own & (found == c)).sum() / (own | (found == c)).sum() >= 0.5 for c in set(found[own]) - {-1})
    return {
        "ari": adjusted_rand_score(truth[planted], found[planted]),
        "purity": pure / planted.sum(),
        "recovered": recovered / (truth.max() + 1),
        "clusters": len(set(found) - {-1}),
        "noise": float((found[~planted] == -1).mean()),
    }


def _large(found: Rows) -> Rows:
    sizes = Counter(found)
    return np.array([c if c >= 0 and sizes[c] >= LEAST else -1 for c in found])


def _reduced(rows: Rows) -> Rows:
    reduced = PCA(16, random_state=0).fit_transform(rows)
    return reduced / np.linalg.norm(reduced, axis=1, keepdims=True)


def _average_linkage(rows: Rows) -> Rows:
    linkage = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=0.5)
    return _large(linkage.fit_predict(_reduced(rows)))


def _refined(rows: Rows) -> Rows:
    return refine(rows, partition(rows, LEAST), LEAST)


def _methods(planted: int) -> dict[str, Method]:
    return {
        "headrace": lambda rows: partition(rows, LEAST),
        "headrace, refined": _refined,
        "PCA16 + average link .5": _average_linkage,
        "HDBSCAN": lambda rows: HDBSCAN(min_cluster_size=LEAST, copy=True).fit_predict(rows),
        "DBSCAN cosine .35": lambda rows: _large(DBSCAN(eps=0.35, metric="cosine").fit_predict(rows)),
        "k-means, told k": lambda rows: KMeans(planted, n_init=4, random_state=0).fit_predict(rows),
    }


def _bertopic(python: Path, several: Sequence[Rows]) -> list[Rows]:
    """The clusters of each matrix by BERTopic's pipeline, run in another interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "rows.npz"
        np.savez(place, **{f"{n:03d}": rows for n, rows in enumerate(several)})
        subprocess.run([python, Path(__file__).with_name("bertopic_pipeline.py"), place], check=True)
        with np.load(place) as found:
            return [found[name] for name in sorted(found)]


def identity(data: Data, seed: int, windows: int = 6) -> tuple[list[bool], list[bool]]:
    """For each failure and window whether it kept its id, and for each new one whether its id is new."""
    random = np.random.default_rng(seed)
    names = list(random.permutation([name for of in data.halves.values() for name in of]))
    state, before, seen = ClusterState(), dict[str, str | None](), set[str | None]()
    same, new = list[bool](), list[bool]()
    for number in range(windows):
        active = names[number : number + 8]
        members = {name: random.permutation(data.intents[name])[:22] for name in active}
        failures = [one for name in active for one in _failures(number, name, members[name])]
        failures += _failures(number, "-", data.scattered(random, 60, active))
        after = update(state, Window(_moment(number), 1_000), failures, LEAST)
        state = after.state
        homes = {name: _home(after.cluster_of, number, name) for name in active}
        same += [homes[name] is not None and homes[name] == before[name] for name in active if name in before]
        new += [homes[name] is not None and homes[name] not in seen for name in active if number and name not in before]
        before, seen = homes, seen | set(homes.values())
    return same, new


def _failures(window: int, name: str, rows: Rows) -> list[Failing]:
    return [
        Failing(f"{window:03d} {name} {n:03d}", _moment(window), "a", None, "", [], packed(row))
        for n, row in enumerate(rows)
    ]


def _home(cluster_of: dict[str, str], window: int, name: str) -> str | None:
    homes = Counter(home for id_, home in cluster_of.items() if id_.startswith(f"{window:03d} {name} "))
    return homes.most_common(1)[0][0] if homes else None


def _moment(window: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=window)


def speed(data: Data, count: int) -> dict[str, float]:
    """Seconds of processor time for `count` vectors in one go, and vectors a second in windows of 1,000."""
    random = np.random.default_rng(0)
    pool = np.vstack([*data.intents.values(), data.subjects.reshape(-1, data.subjects.shape[-1])])
    rows = pool[random.integers(len(pool), size=count)] + random.normal(0, 0.01, (count, pool.shape[1]))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    began = time.process_time()
    partition(rows, LEAST)
    at_once = time.process_time() - began
    failures = _failures(0, "x", rows)
    state = ClusterState()
    began = time.process_time()
    for start in range(0, count, 1_000):
        state = update(state, Window(_moment(start), 50_000), failures[start : start + 1_000], LEAST).state
    return {"seconds_in_one_go": at_once, "streamed_per_second": count / (time.process_time() - began)}


def main(
    data: Annotated[Path, typer.Option(help="SGD exchanges as JSON lines, gzip.")],
    scenes: Annotated[int, typer.Option(min=1)] = 5,
    seed: Annotated[int, typer.Option(help="Of the first scene.")] = 9000,
    model: Annotated[str, typer.Option(help="Embedder: sentence or static.")] = "sentence",
    half: Annotated[str, typer.Option(help="held back, tuned, made tune, or made report.")] = "held back",
    most_of_agent: Annotated[int, typer.Option(help="Planted intents of one agent at most.")] = 2,
    by_trade: Annotated[bool, typer.Option(help="Part the four services that the data call `services`.")] = True,
    peer_python: Annotated[Path | None, typer.Option(help="Interpreter with umap-learn and hdbscan.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Measures clusters, identity and speed."""
    loaded = Data(data, model, half, by_trade)
    planted = [scene(loaded, half, seed + n, most_of_agent) for n in range(scenes)]
    scattered = [loaded.scattered(np.random.default_rng(seed + n), SCATTERED) for n in range(scenes)]
    every = [vectors for vectors, _ in planted] + scattered
    methods = _methods(planted[0][1].max() + 1)
    found = {name: [method(vectors) for vectors in every] for name, method in methods.items()}
    if peer_python:
        found["UMAP + HDBSCAN (BERTopic)"] = _bertopic(peer_python, every)
    rows: dict[str, dict[str, float]] = {}
    for name, labels in found.items():
        measured = [scores(truth, of) for (_, truth), of in zip(planted, labels, strict=False)]
        rows[name] = {key: float(np.mean([one[key] for one in measured])) for key in measured[0]}
        rows[name]["invented"] = float(np.mean([len(set(of) - {-1}) for of in labels[scenes:]]))
    same, new = zip(*(identity(loaded, seed + n) for n in range(scenes)), strict=True)
    kept = {"same": float(np.mean(np.concatenate(same))), "new": float(np.mean(np.concatenate(new)))}
    result = {"clusters": rows, "identity": kept, "speed": speed(loaded, 10_000)}
    print(json.dumps(result) if as_json else _words(result))


def _words(result: dict[str, Any]) -> str:
    lines = [
        f"{name:26s}" + "  ".join(f"{key} {value:.3f}" for key, value in row.items())
        for name, row in result["clusters"].items()
    ]
    rest = {**result["identity"], **result["speed"]}
    return "\n".join([*lines, "  ".join(f"{key} {value:.3f}" for key, value in rest.items())])


if __name__ == "__main__":
    typer.run(main)
