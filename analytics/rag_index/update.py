"""The next version of the index, from the store: measured against the one in use before it takes its place.

Documents stay until they are replaced; an answer that was learnt goes when its interaction leaves the store.

Guarantee: agents have the version before or the whole new one; one that finds less than before is kept, but not
promoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from analytics.asking import Ask
from analytics.rag_index.changes import Exchange, changes, gone
from analytics.rag_index.recall import Recall, is_held_back, recall
from analytics.registry import Lineage, Manifest, Registry
from headrace.embedding import embedder
from headrace.privacy.policy import Sanitizers
from headrace.retrieval import Entry, RetrievalIndex
from headrace.retrieval.index import ENTRIES_FILE
from headrace.states import fetch

NAME = "rag_index"
CODE = "rag-1"
"""Changes when the same exchanges would give another index."""
MAY_LOSE = 0.02
"""Recall that a new version may lose by chance before it is refused."""

EXCHANGES = """
    SELECT i.interaction_id::VARCHAR AS interaction_id, i.tenant, i.session_id, i.user_id, i.user_query AS question,
           i.response AS answer, i.rating, i.correction,
           i.interaction_id IN (SELECT interaction_id FROM labels WHERE name = 'retracted') AS is_retracted
    FROM interactions_with_feedback i
    WHERE i.rating IS NOT NULL OR i.correction IS NOT NULL
       OR i.interaction_id IN (SELECT interaction_id FROM labels WHERE name = 'retracted')
    ORDER BY i.interaction_id
"""


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """What an update did."""

    version: str
    entries: int
    before: Recall
    after: Recall
    accepted: bool
    reasons: list[str]


def update(
    registry: Registry,
    ask: Ask,
    folder: Path,
    documents: Iterable[Entry] = (),
    embedder_name: str = "default",
    sanitizers: Sanitizers | None = None,
) -> Update:
    """Makes, measures and registers the next version, and promotes it unless it finds less than the one before.

    `folder` keeps the version in use. Documents are sanitized like everything else, by the rules unless
    `sanitizers` say more.
    """
    embed = embedder(embedder_name)
    exchanges = msgspec.convert(ask(EXCHANGES).to_pylist(), list[Exchange])
    wanted = changes(exchanges)
    held_back = [entry for entry in wanted.add if is_held_back(entry)]
    add = [
        *(entry for entry in wanted.add if not is_held_back(entry)),
        *(_sanitized(one, sanitizers or Sanitizers()) for one in documents),
    ]
    old = _in_use(registry, folder, embedder_name)
    new = old.updated(add, wanted.remove | gone(old.entries, exchanges))
    before, after = recall(old, held_back, embed), recall(new, held_back, embed)
    reasons = _reasons(before, after)
    manifest = _register(registry, new, exchanges, before, after, reasons)
    if manifest.accepted:
        registry.promote(manifest.version)
    return Update(
        version=manifest.version,
        entries=len(new),
        before=before,
        after=after,
        accepted=manifest.accepted,
        reasons=reasons,
    )


def _in_use(registry: Registry, folder: Path, embedder_name: str) -> RetrievalIndex:
    production = registry.current().production
    if production is None:
        return RetrievalIndex.empty(embedder_name)
    return RetrievalIndex.load(fetch(production, folder))


def _sanitized(document: Entry, sanitizers: Sanitizers) -> Entry:
    clean = sanitizers(document.tenant).text
    return msgspec.structs.replace(document, text=clean(document.text), answer=clean(document.answer))


def _reasons(before: Recall, after: Recall) -> list[str]:
    if not before.questions or after.value >= before.value - MAY_LOSE:
        return []
    return [f"recall@{after.k} fell from {before.value:.3f} to {after.value:.3f} on {after.questions} questions"]


def _register(
    registry: Registry,
    index: RetrievalIndex,
    exchanges: Sequence[Exchange],
    before: Recall,
    after: Recall,
    reasons: Sequence[str],
) -> Manifest:
    with TemporaryDirectory() as made:
        index.save(Path(made))
        digest = sha256((Path(made) / ENTRIES_FILE).read_bytes()).hexdigest()
        held = registry.current().production
        lineage = Lineage(
            run=f"{NAME}-{digest[:16]}",
            parent=None if held is None else held.version,
            dataset=digest,
            dataset_uri="",
            events=len(exchanges),
            code=CODE,
            config="",
        )
        metrics = {f"recall_at_{after.k}": after.value, f"recall_at_{after.k}_before": before.value}
        return registry.add(Path(made), lineage, metrics=metrics, accepted=not reasons, reasons=reasons)
