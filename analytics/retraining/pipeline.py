"""`IncrementalRetrainingPipeline`: from what the store has learnt to a better router, or to a reason why not.

Guarantee: a run that is killed at any moment goes on where it was, and makes one version at most; agents get a
whole version that passed the gate, or keep theirs. The steps of a run, each done once:

1. begin        what is taken into account: everything up to now
2. dataset      the examples, written down: what the model can be traced back to
3. model        trained on the earlier sessions
4. evaluation   measured on the later ones and on the past that is kept back, and judged against the model in use
5. version      into the registry, accepted or refused with its reasons
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.asking import Ask, of_store
from analytics.labels import book
from analytics.progress import Tell
from analytics.registry import Lineage, Manifest, Registry, registry_of
from analytics.retraining import examples
from analytics.retraining.drifted import has_drifted
from analytics.retraining.evaluation import ALL
from analytics.retraining.examples import column, seconds
from analytics.retraining.judging import Evaluation, evaluate
from analytics.retraining.resolved import resolved_clusters
from analytics.retraining.schedule import Due, due
from analytics.retraining.split import Split, split
from analytics.retraining.steps import Steps
from analytics.training import IncrementalTrainer
from headrace import decisions
from headrace.decisions import SliceScore, TrainingRun
from headrace.errors import ConfigError
from headrace.router import Router
from headrace.router.live import MODEL_FILE
from headrace.router.ngrams import FEATURE_CODE
from headrace.settings import Retraining, Settings, load
from headrace.states import fetch

DATASET_FILE = "examples.parquet"
EVALUATION_FILE = "evaluation.json"
"""Beside the model, so that a version tells how it did."""
UNFINISHED = "unfinished"
LEAST_LABELS = 2
"""Agents that the examples must name: with one there is nothing to decide."""


class _Begun(msgspec.Struct, frozen=True):
    run: str
    until: datetime


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has led to."""

    version: str
    accepted: bool
    reasons: list[str]
    examples: int
    held_out: int
    evaluation: Evaluation


class IncrementalRetrainingPipeline:
    """Trains the router again when it is time, and lets nothing pass that breaks what worked."""

    def __init__(self, settings: Settings | None = None, *, ask: Ask | None = None) -> None:
        """`ask` runs a SELECT on the store; by default the lake, or its file, does."""
        self._settings = settings or load()
        self._retraining = self._settings.continual_learning.retraining
        self._ask = ask or of_store(self._settings)
        self.registry: Registry = registry_of(self._settings)

    def should_retrain(self, last: datetime | None, new_samples: int, *, drifted: bool = False) -> bool:
        """Whether to train now: `last` was the last training, `new_samples` came since."""
        return self.due(last, new_samples, drifted=drifted).is_due

    def due(self, last: datetime | None, new_samples: int, *, drifted: bool = False) -> Due:
        """As `should_retrain`, with the reason."""
        return due(self._retraining, last, new_samples, datetime.now(UTC), drifted=drifted)

    def new_samples(self) -> tuple[datetime | None, int]:
        """When the last training was, and how many examples it did not know: new ones, and old ones labelled anew."""
        manifests = self.registry.manifests()
        found = self._examples(datetime.now(UTC))
        if not manifests:
            return None, found.num_rows
        return manifests[-1].created_at, _new(found, manifests[-1].lineage)

    def stands(self) -> Due:
        """Whether to train now, from what the store and the registry know: new samples, and alerts of drift."""
        last, new = self.new_samples()
        return self.due(last, new, drifted=last is not None and has_drifted(self._ask, last))

    async def retrain(
        self,
        past: Mapping[str, Collection[str]] | None = None,
        until: datetime | None = None,
        *,
        tell: Tell = lambda _: None,
    ) -> Outcome:
        """Trains, judges and registers a version; goes on with a run that was cut off.

        What came before `until` counts (now unless given). `past` names interactions that must not go wrong again,
        by the failure cluster that was resolved; unless given, those that the store knows. `tell` is told each
        step as it begins. Raises ConfigError where there is too little to learn from.
        """
        return await asyncio.to_thread(self._retrain, past, until or datetime.now(UTC), tell)

    def release(self, outcome: Outcome) -> str:
        """Tells what the run has led to, puts an accepted version to use as the settings say, and tells agents.

        Returns what was done, in words. Raises BrokerUnavailable: then call it again.
        """
        decisions.publish(self._settings.kafka, run_of(self.registry.manifest(outcome.version), outcome.evaluation))
        if not outcome.accepted:
            return f"{outcome.version} was refused: {'; '.join(outcome.reasons)}"
        held = self.registry.current().production
        if held is None or not self._retraining.enable_ab_test:
            self.registry.promote(outcome.version)
            done = f"{outcome.version} is in production"
        else:
            share, unit = self._retraining.candidate_share, self._retraining.experiment_unit
            self.registry.compare(outcome.version, share, unit=unit)
            done = f"{outcome.version} gets {share:.0%} of {unit}s against {held.version}"
        self.registry.announce(self._settings.kafka)
        return done

    def _retrain(self, past: Mapping[str, Collection[str]] | None, until: datetime, tell: Tell) -> Outcome:
        runs = Steps(self._settings.storage / "runs")
        begun = runs.value(UNFINISHED, _Begun, lambda: _begin(until))
        steps = Steps(runs.folder / begun.run)
        tell("reading what the store has learnt")
        dataset = steps.files("dataset", lambda folder: self._write_dataset(begun.until, folder))
        table = pq.read_table(dataset / DATASET_FILE)
        parts = split(column(table, "session_id"), seconds(table))
        tell(f"training on {int(parts.train.sum()):,} examples")
        model = steps.files("model", lambda folder: self._train(table, parts, folder))
        tell(f"judging on {int(parts.held_out.sum()):,} later ones")
        evaluation = steps.value("evaluation", Evaluation, lambda: self._judge(model, table, parts, past))
        manifest = self._register(begun, table, dataset, model, evaluation)
        (runs.folder / f"{UNFINISHED}.json").unlink(missing_ok=True)
        return Outcome(
            version=manifest.version,
            accepted=manifest.accepted,
            reasons=manifest.reasons,
            examples=int(parts.train.sum()),
            held_out=int(parts.held_out.sum()),
            evaluation=evaluation,
        )

    def _examples(self, until: datetime) -> pa.Table:
        return examples.read(self._ask, until, book.adjudicator(self._settings))

    def _write_dataset(self, until: datetime, folder: Path) -> None:
        table = self._examples(until)
        agents = set(table.column("label").to_pylist())
        if len(agents) < LEAST_LABELS:
            raise ConfigError(
                f"{table.num_rows} examples name {len(agents)} agents: a router needs corrections, labels or good "
                f"ratings of at least {LEAST_LABELS}; `headrace select` and `headrace label` make some"
            )
        pq.write_table(table, folder / DATASET_FILE, compression="zstd")

    def _train(self, table: pa.Table, parts: Split, folder: Path) -> None:
        trainer = IncrementalTrainer(tier=self._retraining.tier)
        rows = table.filter(pa.array(parts.train))
        trainer.update(*(rows.column(name).to_pylist() for name in ("text", "label", "weight")))
        trainer.export(folder / MODEL_FILE, {"examples": rows.num_rows})

    def _judge(
        self, model: Path, table: pa.Table, parts: Split, past: Mapping[str, Collection[str]] | None
    ) -> Evaluation:
        production = self.registry.current().production
        old = None
        if production is not None:
            old = Router.load(fetch(production, self._settings.storage / "models") / MODEL_FILE)
        fixed = resolved_clusters(self._ask) if past is None else past
        return evaluate(Router.load(model / MODEL_FILE), old, table, parts, fixed)

    def _register(self, begun: _Begun, table: pa.Table, dataset: Path, model: Path, evaluation: Evaluation) -> Manifest:
        (model / EVALUATION_FILE).write_bytes(msgspec.json.encode(evaluation))
        production = self.registry.current().production
        moments = table.column("timestamp")
        lineage = Lineage(
            run=begun.run,
            parent=None if production is None else production.version,
            dataset=sha256((dataset / DATASET_FILE).read_bytes()).hexdigest(),
            dataset_uri=(dataset / DATASET_FILE).absolute().as_uri(),
            events=table.num_rows,
            first_event=moments[0].as_py(),
            last_event=moments[-1].as_py(),
            code=FEATURE_CODE,
            config=_config_hash(self._retraining),
        )
        measured = {"accuracy": evaluation.after[ALL].value}
        if evaluation.before is not None:
            measured["accuracy_before"] = evaluation.before[ALL].value
        reasons = [] if evaluation.gate is None else evaluation.gate.reasons
        return self.registry.add(model, lineage, metrics=measured, accepted=evaluation.accepted, reasons=reasons)


def run_of(manifest: Manifest, evaluation: Evaluation) -> TrainingRun:
    """A training as a decision: what DuckDB's `slice_scores` is made of."""
    before = evaluation.before or {}
    return TrainingRun(
        decision_id=f"training-{manifest.lineage.run}",
        decided_at=manifest.created_at,
        model=manifest.name,
        version=manifest.version,
        parent=manifest.lineage.parent,
        accepted=manifest.accepted,
        reasons=manifest.reasons,
        dataset=manifest.lineage.dataset,
        examples=manifest.lineage.events,
        scores=[
            SliceScore(
                slice=name,
                turns=score.rows,
                accuracy=score.value,
                lower=score.lower,
                upper=score.upper,
                before=before[name].value if name in before else None,
            )
            for name, score in evaluation.after.items()
        ],
    )


def _new(found: pa.Table, last: Lineage) -> int:
    """Examples that the last training did not have; of a dataset that is gone, those that happened after it."""
    dataset = last.dataset_file()
    if dataset is not None and dataset.is_file():
        return examples.unknown(found, pq.read_table(dataset))
    since = 0.0 if last.last_event is None else last.last_event.replace(tzinfo=UTC).timestamp()
    return int((seconds(found) > since).sum())


def _begin(until: datetime) -> _Begun:
    return _Begun(f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}", until)


def _config_hash(settings: Retraining) -> str:
    return sha256(msgspec.json.encode(settings, order="deterministic")).hexdigest()
