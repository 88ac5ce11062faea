"""Settings: one YAML file, parsed once at the edge into frozen structs.

Unknown keys are errors that name the nearest valid key. The broker's address may come from
HEADRACE_BOOTSTRAP_SERVERS, the file's own path from HEADRACE_CONFIG; the id key comes from the
environment only (`headrace.ids`), never from YAML.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_type_hints

import msgspec
import yaml
from msgspec import Meta

from headrace.errors import ConfigError

CONFIG_VARIABLE = "HEADRACE_CONFIG"
BOOTSTRAP_VARIABLE = "HEADRACE_BOOTSTRAP_SERVERS"
DEFAULT_FILE = Path("headrace.yaml")
MEGABYTE = 1024 * 1024

Positive = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
Stars = Annotated[float, Meta(ge=1, le=5)]
PositiveSeconds = Annotated[float, Meta(gt=0)]


class _Block(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Logging(_Block, frozen=True, kw_only=True):
    """What the client in an agent's process does with interactions."""

    enabled: bool = True
    """False makes the client a no-op."""
    storage: Path = Path("cache/production_logs")
    """Folder of the database, its Parquet days, and state. Nothing unsanitized is written there."""
    sanitize_pii: bool = True
    """An additional pass in the client, off the agent's thread; the sanitizer service always runs."""
    buffer_size: Positive = 1000
    """Events in one batch to the broker."""
    buffer_bytes: Annotated[int, Meta(ge=MEGABYTE)] = 24 * MEGABYTE
    """Bytes the client may hold for a broker that is slow or away."""
    linger_seconds: PositiveSeconds = 0.05
    """How long a batch waits to fill."""
    use_langsmith: bool = False
    """Not available yet: true is an error."""


class FailureAnalysis(_Block, frozen=True, kw_only=True):
    """Failures, grouped by what they have in common."""

    enabled: bool = True
    """False keeps no failure clusters."""
    min_cluster_size: Positive = 5
    """Failures that have to be alike before they are reported as a cluster."""
    analyze_frequency: Literal["hourly", "daily", "weekly"] = "daily"
    """How often clusters are reported."""
    low_rating: Stars = 2.0
    """Stars, at most: a rating so low is a failure."""
    poor_retrieval: float = 0.4
    """The best retrieval score below which nothing fitting was found; on your retriever's scale."""
    low_confidence: Share = 0.5
    """Routing confidence below which the choice of the agent counts as a mistake."""
    hallucination: Share = 0.5
    """Hallucination score from which an answer counts as invented."""
    unsupported_facts: Share = 0.5
    """Share of an answer's facts (numbers, dates, names, quotations) that no retrieved text holds, from which
    it counts as invented; looked at only where the retrieved texts are logged."""
    slow_deviations: Annotated[float, Meta(gt=0)] = 4.0
    """Robust standard deviations of the logarithm of its agent's latency beyond which an answer is slow."""
    rephrase_similarity: Share = 0.6
    """Share of words that two questions of a session have in common from which the user asked again."""
    abandoned_minutes: Annotated[float, Meta(gt=0)] = 30.0
    """Silence after an answer that did not help, after which the user has given up."""


class ActiveLearning(_Block, frozen=True, kw_only=True):
    """Which interactions annotators are asked about."""

    budget_per_cycle: Positive = 50
    """Interactions selected for labelling in one cycle."""
    selection_strategy: Literal["uncertainty", "diversity", "failure", "hybrid", "random"] = "hybrid"
    """What makes an interaction worth a label."""
    uncertainty_measure: Literal["least_confidence", "margin", "entropy"] = "margin"
    """What the router being unsure means: its best guess is weak, its second is close, or it spreads over many."""
    adjudicator: str = ""
    """Annotator whose word holds where the others have no majority; without one, such labels teach nothing."""


class Retraining(_Block, frozen=True, kw_only=True):
    """When the router model is trained again."""

    schedule: Literal["daily", "weekly", "monthly", "drift"] = "weekly"
    """How often new labels are looked at; an alert of drift does not wait for it, and `drift` waits for one."""
    min_new_samples: Positive = 100
    """Fewer new labels than this do not start a training."""
    enable_ab_test: bool = True
    """A new model has to win an A/B test before it takes all traffic."""
    candidate_share: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    """Share of users that get the new model while the test runs."""
    experiment_unit: Literal["user", "session"] = "user"
    """Who stays with one model while the test runs; agents ask the router with that one's id."""
    tier: Literal["fast", "full"] = "fast"
    """`fast` decides 5,000 times a second on a core; `full` adds a sentence embedding, 150 times a second."""
    planned_days: Annotated[int, Meta(ge=2, le=365)] = 14
    """Days an A/B test runs at most; it may be read every day without more false alarms."""
    deciding_metric: Literal["rating", "errors", "corrections", "latency", "cost"] = "rating"
    """What an A/B test is decided by; like its days, chosen before it begins: to change it midway is a second try."""
    registry: str = ""
    """Folder or URL (anything that fsspec knows) of the trained models; `registry` in `storage` unless given."""


class DriftDetection(_Block, frozen=True, kw_only=True):
    """Whether traffic and quality still look as they used to."""

    enabled: bool = True
    """False computes no drift reports."""
    detection_method: Literal["kolmogorov_smirnov", "psi", "jensen_shannon", "wasserstein", "chi_square"] = (
        "kolmogorov_smirnov"
    )
    """The distance between a window and its reference."""


class TenantPrivacy(_Block, frozen=True, kw_only=True):
    """What a tenant's sanitizer does differently from all others'."""

    kinds: dict[str, bool] = {}
    """A kind of value (email, phone …): false leaves it where it is."""
    allow: list[str] = []
    """Values that stay, in any case: a hotline, a documentation address."""
    deny: dict[str, list[str]] = {}
    """Terms that go, by the kind that their placeholder names: whole words, in any case and script."""
    patterns: dict[str, str] = {}
    """Regular expressions for values of your own, by kind; refused where they could take more than linear time."""


class Privacy(_Block, frozen=True, kw_only=True):
    """Whose data are kept how long, and under which name."""

    anonymize_user_ids: bool = True
    """The client sends keyed hashes instead of ids; the sanitizer hashes whatever is not one."""
    retention_days: Positive = 90
    """No topic, table or file keeps an event longer."""
    placeholders: Literal["flat", "pseudonyms"] = "flat"
    """What stands for a value: its kind, `[EMAIL]`, or a pseudonym that is equal for equal values of a tenant."""
    kinds: dict[str, bool] = {}
    """A kind of value (email, phone …): false leaves it where it is."""
    allow: list[str] = []
    """Values that stay, in any case: a hotline, a documentation address."""
    deny: dict[str, list[str]] = {}
    """Terms that go, by the kind that their placeholder names: whole words, in any case and script."""
    patterns: dict[str, str] = {}
    """Regular expressions for values of your own, by kind; refused where they could take more than linear time."""
    tenants: dict[str, TenantPrivacy] = {}
    """The last four for one tenant, beside those for all."""
    ner: Literal["off", "presidio", "spacy"] = "off"
    """An engine for names and places, read after the rules; it is a thousand times slower than they are."""


class Quality(_Block, frozen=True, kw_only=True):
    """What an event must be to be kept; others are rejected with a reason."""

    max_query_characters: Positive = 200_000
    """A longer `user_query` is rejected."""
    max_response_characters: Positive = 400_000
    """A longer `response` is rejected."""
    blocked_patterns: list[str] = []
    """Regular expressions; an event with a text that matches one is rejected."""


class ContinualLearning(_Block, frozen=True, kw_only=True):
    """From interactions to better models."""

    logging: Logging = Logging()
    failure_analysis: FailureAnalysis = FailureAnalysis()
    active_learning: ActiveLearning = ActiveLearning()
    retraining: Retraining = Retraining()
    drift_detection: DriftDetection = DriftDetection()
    privacy: Privacy = Privacy()
    quality: Quality = Quality()


class Kafka(_Block, frozen=True, kw_only=True):
    """The cluster, and how to reach it."""

    bootstrap_servers: str = "127.0.0.1:9092"
    """Host and port of at least one broker, separated by commas."""
    topic_prefix: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,64}$")] = "headrace"
    """Begins the name of every topic, consumer group and transactional id: two pipelines on one cluster."""
    replication_factor: Positive = 1
    """Copies of each topic that `headrace topics create` asks for; 3 on a cluster."""
    min_insync_replicas: Positive = 1
    """Copies that must have a record before it counts as written; 2 on a cluster."""
    properties: dict[str, str | int | float | bool] = {}
    """Any librdkafka property (TLS, SASL, …) for every client."""
    property_files: dict[str, Path] = {}
    """librdkafka properties whose values are read from files: passwords, keys."""

    def topic(self, name: str) -> str:
        """The topic's full name on the broker.

        >>> Kafka().topic("raw")
        'headrace.raw'
        """
        return f"{self.topic_prefix}.{name}"


class Sanitizer(_Block, frozen=True, kw_only=True):
    """The service between raw and clean."""

    instance: str = "sanitizer-1"
    """Stable name of this instance, its `transactional.id`: two that run at once need two names."""
    batch_records: Positive = 5000
    """Records in one transaction."""
    batch_seconds: PositiveSeconds = 0.1
    """How long a transaction waits to fill."""
    rejected_in_a_row: Annotated[int, Meta(ge=0)] = 10_000
    """So many records rejected one after the other stop the service: a bad release, not bad records; 0 takes any."""


class Canary(_Block, frozen=True, kw_only=True):
    """Known false values on raw, and an alarm if one is ever seen behind the sanitizer."""

    enabled: bool = False
    """True runs the canary service with `headrace up`; its events carry the tag `canary`."""
    every_seconds: PositiveSeconds = 300.0
    """Time between two canaries."""


class Store(_Block, frozen=True, kw_only=True):
    """The lake and its DuckDB file."""

    memory_limit_mb: Annotated[int, Meta(ge=64)] = 224
    """DuckDB's memory limit; the process needs 150 MB beside it when idle, up to 350 MB at full load."""
    threads: Positive = 2
    """DuckDB's threads."""
    batch_records: Positive = 20_480
    """Interactions in one DuckDB transaction; so many are one row group, written compressed at once."""
    batch_seconds: PositiveSeconds = 1.0
    """How long a batch waits to fill: most of the time from an event's arrival until analysts see it.

    One that is half full by then waits as long again: full, it takes a third of the processor's time for a row.
    """
    checkpoint_mb: Positive = 64
    """Size of the write-ahead log at which it is moved into the database file."""
    quack_port: Annotated[int, Meta(ge=0, le=65535)] = 9494
    """Where analysts read while the lake runs (127.0.0.1 only); 0 switches the server off."""
    query_seconds: PositiveSeconds = 30.0
    """An analyst's statement is ended after this long."""
    query_rows: Positive = 1_000_000
    """The most rows an analyst's statement may return."""


Port = Annotated[int, Meta(ge=0, le=65535)]


class Digester(_Block, frozen=True, kw_only=True):
    """The service between clean and digests."""

    instance: str = "digester-1"
    """Stable name of this instance in its group: two that run at once need two names."""
    publish_seconds: PositiveSeconds = 1.0
    """How often what was read is published: part of the time from a window's last event to its report."""


class Windows(_Block, frozen=True, kw_only=True):
    """Windows of event time, and the reports that close them."""

    instance: str = "windows-1"
    """Stable name of this instance in its group: two that run at once need two names."""
    seconds: Annotated[int, Meta(ge=1)] = 300
    """Length of a window. Changing it starts new windows beside the old ones."""
    lateness_seconds: Annotated[float, Meta(ge=0)] = 30.0
    """How long a window stays open for events that come late; later ones make a revision of its report."""
    idle_seconds: PositiveSeconds = 5.0
    """A partition that brings nothing for so long holds no window open; with none that does, the clock closes them.

    What was said earlier and comes after that is late: for an import of old events, set it above its longest pause.
    """
    revised: Positive = 6
    """Windows, counted back from the newest, whose reports late events still revise; later events are counted only."""
    reference: Literal["rolling", "frozen"] = "rolling"
    """What a window is compared with: those just before it, or the first ones for ever."""
    reference_windows: Positive = 12
    """How many windows the reference is made of."""
    false_alarm_days: PositiveSeconds = 30.0
    """Without any drift, all signals of one agent together alarm once in so many days."""
    web_port: Port = 6066
    """Where the open windows and the lag can be seen (127.0.0.1 only); 0 switches the page off."""
    webhook: str = ""
    """URL to which each new alert is posted as JSON; none unless set."""


class Metrics(_Block, frozen=True, kw_only=True):
    """Where each service answers /metrics and /healthz; port 0 switches it off."""

    host: str = "127.0.0.1"
    """Address to listen at; 0.0.0.0 in a container."""
    sanitizer_port: Port = 9401
    """The sanitizer's."""
    lake_port: Port = 9402
    """The lake's."""
    digester_port: Port = 9403
    """The digester's."""
    windows_port: Port = 9404
    """The windows'."""


class Settings(_Block, frozen=True, kw_only=True):
    """All settings; every block and key has a default."""

    continual_learning: ContinualLearning = ContinualLearning()
    kafka: Kafka = Kafka()
    sanitizer: Sanitizer = Sanitizer()
    canary: Canary = Canary()
    store: Store = Store()
    digester: Digester = Digester()
    windows: Windows = Windows()
    metrics: Metrics = Metrics()

    @property
    def storage(self) -> Path:
        return self.continual_learning.logging.storage

    @property
    def switched_off(self) -> frozenset[str]:
        """Services that `headrace up` leaves out unless they are named."""
        return frozenset() if self.canary.enabled else frozenset({"canary"})


def load(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `path`, HEADRACE_CONFIG or ./headrace.yaml; the defaults where there is no file.

    Raises ConfigError with the key, what is wrong with it, and what is allowed.
    """
    named = path or (Path(environment[CONFIG_VARIABLE]) if CONFIG_VARIABLE in environment else None)
    settings = parse(_read(named or DEFAULT_FILE, required=named is not None))
    if servers := environment.get(BOOTSTRAP_VARIABLE):
        kafka = msgspec.structs.replace(settings.kafka, bootstrap_servers=servers)
        return msgspec.structs.replace(settings, kafka=kafka)
    return settings


def parse(text: str) -> Settings:
    """The settings that YAML text describes.

    >>> parse("store: {thread: 2}")
    Traceback (most recent call last):
    headrace.errors.ConfigError: store.thread: no such setting; did you mean store.threads?
    """
    try:
        tree = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ConfigError(f"the settings are not YAML: {error}") from None
    _refuse_unknown_keys(tree)
    try:
        settings = msgspec.convert(tree, Settings, dec_hook=_convert)
    except msgspec.ValidationError as error:
        raise ConfigError(f"settings: {error}") from None
    if settings.continual_learning.logging.use_langsmith:
        raise ConfigError("continual_learning.logging.use_langsmith: not available yet; set it to false")
    return settings


def _read(path: Path, required: bool) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        if required:
            raise ConfigError(f"{path}: no such settings file; `headrace init` writes one") from None
        return ""


def _convert(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(f"expected {kind.__name__}")


def _refuse_unknown_keys(tree: object) -> None:
    for path, siblings in _unknown_keys(tree, Settings, ()):
        nearest = get_close_matches(path[-1], siblings, n=1, cutoff=0.5)
        place = ".".join(path)
        hint = f"did you mean {'.'.join((*path[:-1], nearest[0]))}?" if nearest else f"there are: {', '.join(siblings)}"
        raise ConfigError(f"{place}: no such setting; {hint}")


def _unknown_keys(
    tree: object, kind: type[msgspec.Struct], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    if not isinstance(tree, dict):
        raise ConfigError(f"{'.'.join(above) or 'the settings'}: expected keys and values")
    fields = get_type_hints(kind)
    for key, value in tree.items():
        if key not in fields:
            yield (*above, str(key)), list(fields)
        elif isinstance(fields[key], type) and issubclass(fields[key], _Block):
            yield from _unknown_keys(value, cast(type[msgspec.Struct], fields[key]), (*above, str(key)))
        elif fields[key] == dict[str, TenantPrivacy] and isinstance(value, dict):
            for name, block in value.items():
                yield from _unknown_keys(block, TenantPrivacy, (*above, str(key), str(name)))
