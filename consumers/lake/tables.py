"""The tables of the store, column by column: the one place that says what a row is.

Every table is append-only and has no key or index; what is current, and what was said twice, is told
by views and by the tables `duplicates` and `conflicts`. Times are UTC. The same words are in the
database (`COMMENT ON`) and in docs/tables.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["zstd", "dict_fsst", "bitpacking", "alp", "uncompressed", "auto"]

ENCODINGS: dict[str, Encoding] = {
    "UUID": "uncompressed",
    "VARCHAR": "dict_fsst",
    "DOUBLE": "alp",
    "DATE": "bitpacking",
    "TIMESTAMP": "bitpacking",
    "BIGINT": "bitpacking",
    "INTEGER": "bitpacking",
    "SMALLINT": "bitpacking",
}
"""Named, so that a checkpoint need not try them all: that trial took a third of a row's time."""


@dataclass(frozen=True)
class Column:
    """One column: its name, SQL type, meaning, and how it is packed where the type's way is not best."""

    name: str
    type: str
    comment: str
    encoding: Encoding | None = None
    said: bool = False
    """Part of what the sender said: two events with one id conflict if they differ here."""
    default: int | Literal["NULL"] | None = None
    """What rows have that were stored before there was such a column."""

    @property
    def ddl(self) -> str:
        encoding = self.encoding or ENCODINGS.get(self.type, "auto")
        return f'"{self.name}" {self.type}' + ("" if encoding == "auto" else f" USING COMPRESSION {encoding}")


@dataclass(frozen=True)
class Table:
    """One table; `id` names the column that holds an event's id, where its rows are events."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    id: str | None = None

    @property
    def ddl(self) -> str:
        return f"CREATE TABLE IF NOT EXISTS {self.name} (\n  " + ",\n  ".join(c.ddl for c in self.columns) + "\n)"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def origin(self) -> str:
        """The topic of whose records its rows are made, without the prefix; empty where they are made otherwise."""
        places = (name.removesuffix("_partition") for name in self.names if name.endswith("_partition"))
        return next((place for place in places if place != "raw"), "")

    @property
    def added(self) -> tuple[str, ...]:
        """Statements that give an older store the columns which came later."""
        return tuple(
            f"ALTER TABLE {self.name} ADD COLUMN IF NOT EXISTS {column.ddl} DEFAULT {column.default}"
            for column in self.columns
            if column.default is not None
        )


def _said(name: str, type_: str, comment: str, encoding: Encoding | None = None) -> Column:
    return Column(name, type_, comment, encoding, said=True)


_EVENT = (
    _said("day", "DATE", "UTC day of `timestamp`: filter and group by it, it is the fast way."),
    _said("timestamp", "TIMESTAMP", "Event time, UTC, as the sender said it (capped at arrival plus 5 minutes)."),
    _said("tenant", "VARCHAR", "Tenant; `default` where there is only one."),
)
_ORIGIN = (
    Column("producer_id", "VARCHAR", "Client instance that sent it; null where the sender kept no ledger."),
    Column("seq", "BIGINT", "Its number in that client: 1, 2, 3 …"),
    Column("raw_partition", "SMALLINT", "Where its record stands on `raw`: partition."),
    Column("raw_offset", "BIGINT", "Where its record stands on `raw`: offset."),
)
_CLEAN_POSITION = (
    Column("clean_partition", "SMALLINT", "Where its record stands on `clean`: partition."),
    Column("clean_offset", "BIGINT", "Where its record stands on `clean`: offset."),
)
_LINEAGE = (
    *_ORIGIN,
    *_CLEAN_POSITION,
    Column("appended_at", "TIMESTAMP", "When the broker took the raw record, UTC."),
    Column("sanitizer", "VARCHAR", "Version of the sanitizer that cleaned it."),
    Column("policy", "VARCHAR", "Hash of the rules and settings it was cleaned with."),
    Column("findings", "VARCHAR", "JSON object: how many values of each kind were replaced; null if none."),
    Column("flags", "VARCHAR[]", "`future_timestamp`, `unknown_fields`; null if none."),
)
_ABOUT = (
    _said(
        "interaction_id",
        "UUID",
        "The interaction it is about, which may arrive later; null where `external_id` names it.",
    ),
    _said("external_id", "VARCHAR", "Keyed hash of the interaction's id where that was no UUIDv7: join by it then."),
)

INTERACTIONS = Table(
    "interactions",
    "One row for each interaction: what a user asked, which agent answered what, and how it went.",
    (
        Column("interaction_id", "UUID", "UUIDv7 of the interaction: one row each, whatever was re-sent."),
        *_EVENT,
        _said("session_id", "VARCHAR", "Keyed hash of the session."),
        _said("user_id", "VARCHAR", "Keyed hash of the user."),
        _said("agent_selected", "VARCHAR", "Agent that answered."),
        _said("agent_version", "VARCHAR", "Its version."),
        _said("user_query", "VARCHAR", "What the user asked, sanitized.", "zstd"),
        _said("response", "VARCHAR", "What the agent answered, sanitized.", "zstd"),
        _said("latency_ms", "DOUBLE", "Time to the answer, milliseconds."),
        _said(
            "user_feedback_score", "DOUBLE", "Rating sent with the interaction, 1 to 5; later ones are in `feedback`."
        ),
        _said("routing_confidence", "DOUBLE", "Router's confidence in its choice, 0 to 1."),
        _said("routing_scores", "VARCHAR", "JSON object: the router's score of each agent; null if none."),
        _said("propensity", "DOUBLE", "Probability with which the agent was chosen, 0 to 1."),
        _said(
            "retrieval", "VARCHAR", "JSON object: ids, scores and texts of what was retrieved; null if none.", "zstd"
        ),
        _said("hallucination_score", "DOUBLE", "Share of the answer that nothing supports, 0 to 1."),
        _said("model", "VARCHAR", "Language model."),
        _said("tokens_in", "BIGINT", "Tokens sent to it."),
        _said("tokens_out", "BIGINT", "Tokens it returned."),
        _said("cost_usd", "DOUBLE", "Cost, US dollars."),
        _said("error", "VARCHAR", "What went wrong, sanitized; null where nothing did."),
        _said("experiment", "VARCHAR", "Experiment it took part in."),
        _said("variant", "VARCHAR", "Variant of that experiment."),
        _said("tags", "VARCHAR[]", "Tags; null if none."),
        _said("metadata", "VARCHAR", "JSON object, sanitized: whatever else the sender told; null if nothing."),
        _said("external_id", "VARCHAR", "Keyed hash of the sender's own id where that was no UUIDv7."),
        *_LINEAGE,
    ),
    id="interaction_id",
)

FEEDBACK = Table(
    "feedback",
    "One row for each piece of feedback; the current one is the latest by interaction, name, source and rater.",
    (
        Column(
            "feedback_id",
            "UUID",
            "UUIDv7 of the feedback (made from its time and hash where the sender's id was none).",
        ),
        *_ABOUT,
        *_EVENT,
        _said("session_id", "VARCHAR", "Keyed hash of the session."),
        _said("name", "VARCHAR", "What was rated; `rating` is the interaction as a whole."),
        _said("score", "DOUBLE", "The number given; 1 to 5 for `rating`."),
        _said("label", "VARCHAR", "The word given."),
        _said("comment", "VARCHAR", "What the rater wrote, sanitized.", "zstd"),
        _said("correction", "VARCHAR", "What the answer should have been, sanitized.", "zstd"),
        _said("correct_agent", "VARCHAR", "Agent that should have answered."),
        _said("rater", "VARCHAR", "Who rated, as a pseudonym."),
        _said("source", "VARCHAR", "`human`, `llm` or `code`."),
        _said("agent_selected", "VARCHAR", "Agent that answered, where the sender knew it."),
        _said("agent_version", "VARCHAR", "Its version, where the sender knew it."),
        _said("variant", "VARCHAR", "Variant of the experiment, where the sender knew it."),
        *_LINEAGE,
    ),
    id="feedback_id",
)

LABELS = Table(
    "labels",
    "One row for each annotator's verdict.",
    (
        Column("label_id", "UUID", "UUIDv7 of the label (made from its time and hash where the sender's id was none)."),
        *_ABOUT,
        *_EVENT,
        _said("annotator", "VARCHAR", "Who labelled, as a pseudonym."),
        _said("name", "VARCHAR", "What was judged."),
        _said("value", "VARCHAR", "The verdict."),
        _said("comment", "VARCHAR", "Why, sanitized.", "zstd"),
        _said("correct_agent", "VARCHAR", "Agent that should have answered."),
        _said("source", "VARCHAR", "`human`, `llm` or `code`."),
        *_LINEAGE,
    ),
    id="label_id",
)

PRODUCER_STATUS = Table(
    "producer_status",
    "Each client's account of itself, every 10 seconds, at flush and at close.",
    (
        Column("producer_id", "VARCHAR", "The client instance."),
        Column("timestamp", "TIMESTAMP", "When it said so, UTC."),
        Column("tenant", "VARCHAR", "Tenant."),
        Column("started_at", "TIMESTAMP", "When the client started, UTC."),
        Column("last_seq", "BIGINT", "Greatest `seq` it had given out."),
        Column(
            "dropped", "VARCHAR", "JSON list of [first, last, policy]: what it let go since its start; null if none."
        ),
        Column("closed", "BOOLEAN", "Whether it was its last word."),
        *_ORIGIN[2:],
        *_CLEAN_POSITION,
        Column("appended_at", "TIMESTAMP", "When the broker took the raw record, UTC."),
    ),
)

REJECTED = Table(
    "rejected",
    "One row for each refused record: why, and where it stands on `raw`; never its text.",
    (
        Column("reason", "VARCHAR", "Code from the closed list of `headrace.errors.Reason`."),
        Column("path", "VARCHAR", "Field it was refused for, our own field names only."),
        Column("stage", "VARCHAR", "Stage that refused it."),
        *_ORIGIN,
        Column("rejected_partition", "SMALLINT", "Where the refusal stands on `rejected`: partition."),
        Column("rejected_offset", "BIGINT", "Where the refusal stands on `rejected`: offset."),
        Column("appended_at", "TIMESTAMP", "When the broker took the raw record, UTC."),
    ),
)

_AGAIN = (
    Column("kind", "VARCHAR", "Table that holds the first one: `interactions`, `feedback` or `labels`."),
    Column("id", "UUID", "The id that was there already."),
    *_ORIGIN,
    *_CLEAN_POSITION,
    Column("appended_at", "TIMESTAMP", "When the broker took the raw record, UTC."),
)
DUPLICATES = Table(
    "duplicates", "Events that were sent again with the same content: recorded, not stored twice.", _AGAIN
)
CONFLICTS = Table(
    "conflicts",
    "Events that came under an id that another content already had: kept here, the first one stands.",
    (*_AGAIN, Column("event", "VARCHAR", "JSON object: the sanitized event, whole.", "zstd")),
)

ERASED = Table(
    "erased",
    "One row for each record of an erased person: where it stood and its number, nothing that was in it.",
    (
        Column("kind", "VARCHAR", "Table it was in, or would have come into."),
        *_ORIGIN,
        *_CLEAN_POSITION,
        Column("appended_at", "TIMESTAMP", "When the broker took the raw record, UTC."),
    ),
)
ERASURES = Table(
    "erasures",
    "What is refused from now on: pseudonyms of erased people, and the ids of their sessions and interactions.",
    (
        Column("kind", "VARCHAR", "`user`, `session`, `interaction` or `external` (an interaction's `external_id`)."),
        Column("id", "VARCHAR", "The pseudonym or id; it may stand here more than once."),
    ),
)

_REPORT_POSITION = (
    Column("reports_partition", "SMALLINT", "Where its record stands on `reports`: partition."),
    Column("reports_offset", "BIGINT", "Where its record stands on `reports`: offset."),
)
_WINDOW = (
    Column("day", "DATE", "UTC day of `timestamp`."),
    Column("timestamp", "TIMESTAMP", "Start of the window, UTC."),
    Column("tenant", "VARCHAR", "Tenant."),
)
DRIFT_REPORTS = Table(
    "drift_reports",
    "One row for each report on a window; of several with one start the greatest revision stands.",
    (
        *_WINDOW,
        Column("agent_selected", "VARCHAR", "Agent; `*` is all traffic of the tenant."),
        Column("seconds", "BIGINT", "Length of the window."),
        Column("revision", "BIGINT", "1, and more where events came late."),
        Column("interactions", "BIGINT", "Interactions in the window."),
        Column("late", "BIGINT", "Of them those that came after the first report."),
        Column("failing", "BIGINT", "Of them those that a rule found something wrong with."),
        Column("rules", "VARCHAR", "JSON object: failing interactions by rule; null if none."),
        Column("reference", "VARCHAR", "Which windows it was compared with; empty where there were too few."),
        Column("signals", "VARCHAR", "JSON list: each signal's test, culprits and examples; null if none.", "zstd"),
        *_REPORT_POSITION,
    ),
)
ALERTS = Table(
    "alerts",
    "One row for each alert; one that is written again has the same `alert_id`.",
    (
        *_WINDOW,
        Column("agent_selected", "VARCHAR", "Agent; `*` is all traffic of the tenant."),
        Column("alert_id", "VARCHAR", "Its id."),
        Column("kind", "VARCHAR", "`drift`, `failure_born`, `failure_growing` or `failure_regressed`."),
        Column("severity", "VARCHAR", "`info`, `warning` or `critical`."),
        Column("subject", "VARCHAR", "The signal or the cluster it is about."),
        Column("summary", "VARCHAR", "One line: names and numbers."),
        Column("runbook", "VARCHAR", "What to do."),
        *_REPORT_POSITION,
    ),
)
CLUSTERS = Table(
    "clusters",
    "One row for each failure cluster and window in which it changed; without its examples' texts.",
    (
        *_WINDOW,
        Column("cluster_id", "VARCHAR", "Its name, the same from window to window."),
        Column("revision", "BIGINT", "That of the window's report."),
        Column("status", "VARCHAR", "`active` or `resolved`."),
        Column("first_seen", "TIMESTAMP", "Event time of its first member, UTC."),
        Column("last_seen", "TIMESTAMP", "Event time of its latest member, UTC."),
        Column("size", "BIGINT", "Members ever."),
        Column("rules", "VARCHAR", "JSON object: members by rule; null if none."),
        Column("agents", "VARCHAR", "JSON object: members by agent; null if none."),
        Column("versions", "VARCHAR", "JSON object: members by agent and version; null if none."),
        Column("clusters_partition", "SMALLINT", "Where its record stands on `clusters`: partition."),
        Column("clusters_offset", "BIGINT", "Where its record stands on `clusters`: offset."),
        Column("severity", "DOUBLE", "0 to 100, as `headrace failures list` shows it.", default="NULL"),
        Column("examples", "VARCHAR[]", "Ids of at most 24 of its members, chosen by hash.", default="NULL"),
    ),
)
DECISIONS = Table(
    "decisions",
    "One row for each decision of a job or a person; the views `selections` and `slice_scores` read from it.",
    (
        Column("day", "DATE", "UTC day of `timestamp`."),
        Column("timestamp", "TIMESTAMP", "When it was decided, UTC."),
        Column("decision_id", "VARCHAR", "Its id; one that is written again has the same."),
        Column("kind", "VARCHAR", "`selection`, `training_run`, `resolution` or `erasure`."),
        Column("decision", "VARCHAR", "JSON object: what was decided.", "zstd"),
        Column("decisions_partition", "SMALLINT", "Where its record stands on `decisions`: partition."),
        Column("decisions_offset", "BIGINT", "Where its record stands on `decisions`: offset."),
    ),
)

LEDGER = Table(
    "ledger",
    "How far each partition has been stored, changed in the same transaction as the rows.",
    (
        Column("topic", "VARCHAR", "Full name of the topic."),
        Column("topic_id", "VARCHAR", "The broker's id of the topic, which changes when it is made anew."),
        Column("partition", "SMALLINT", "Partition."),
        Column("first_offset", "BIGINT", "Offset at which this store began to read."),
        Column("next_offset", "BIGINT", "Offset of the next record to read: everything before it is stored."),
        Column("records", "BIGINT", "Records read: the sum of the columns that follow."),
        Column("interactions", "BIGINT", "Of them rows of `interactions`."),
        Column("feedback", "BIGINT", "Of them rows of `feedback`."),
        Column("labels", "BIGINT", "Of them rows of `labels`."),
        Column("producer_status", "BIGINT", "Of them rows of `producer_status`."),
        Column("rejected", "BIGINT", "Of them rows of `rejected`."),
        Column("duplicates", "BIGINT", "Of them rows of `duplicates`."),
        Column("conflicts", "BIGINT", "Of them rows of `conflicts`."),
        Column("erased", "BIGINT", "Of them rows of `erased`.", default=0),
        Column("expired", "BIGINT", "Of them rows that were kept for `retention_days` and are gone.", default=0),
        Column("drift_reports", "BIGINT", "Of them rows of `drift_reports`.", default=0),
        Column("alerts", "BIGINT", "Of them rows of `alerts`.", default=0),
        Column("clusters", "BIGINT", "Of them rows of `clusters`.", default=0),
        Column("decisions", "BIGINT", "Of them rows of `decisions`.", default=0),
    ),
)

SEQ_ARCHIVE = Table(
    "seq_archive",
    "Ranges of `seq` whose rows are gone after `retention_days`: what outlives the rows.",
    (
        Column("producer_id", "VARCHAR", "The client instance."),
        Column("first_seq", "BIGINT", "First number of the range."),
        Column("last_seq", "BIGINT", "Last number of the range, included."),
        Column("outcome", "VARCHAR", "`stored`, `duplicate`, `rejected`, `superseded` or `erased`."),
    ),
)

EVENT_TABLES = (INTERACTIONS, FEEDBACK, LABELS)
RECORD_TABLES = (*EVENT_TABLES, PRODUCER_STATUS, REJECTED, DUPLICATES, CONFLICTS, ERASED)
"""The tables of which each row is one record of `clean` or `rejected`."""
REPORT_TABLES = (DRIFT_REPORTS, ALERTS, CLUSTERS, DECISIONS)
"""The tables of which each row is one record of `reports` or `clusters`."""
TABLES = (*RECORD_TABLES, *REPORT_TABLES, LEDGER, SEQ_ARCHIVE, ERASURES)
