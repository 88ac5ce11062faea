"""What was selected and waits for labels: one small file a cycle, ids and reasons only, the texts stay in the store.

Guarantee: at-least-once onto `headrace.decisions`: the file is written after the broker has the decision.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from consumers.lake.database import make_private_folder
from headrace import decisions
from headrace.decisions import Selected, Selection
from headrace.settings import Settings

FOLDER = "selections"


def publish(settings: Settings, selection: Selection) -> Path:
    """Tells everybody of the choice, and queues it for annotators. Raises BrokerUnavailable."""
    decisions.publish(settings.kafka, selection)
    return save(settings, selection)


def save(settings: Settings, selection: Selection) -> Path:
    """Queues a choice for annotators; the file."""
    folder = settings.storage / FOLDER
    make_private_folder(settings.storage)
    make_private_folder(folder)
    path = folder / f"{selection.decision_id}.json"
    made = path.with_suffix(".tmp")
    made.write_bytes(msgspec.json.format(msgspec.json.encode(selection), indent=1))
    made.chmod(0o600)
    made.replace(path)
    return path


def cycles(settings: Settings) -> list[Selection]:
    """All choices so far, the oldest first."""
    paths = sorted((settings.storage / FOLDER).glob("*.json"))
    return [msgspec.json.decode(path.read_bytes(), type=Selection) for path in paths]


def queued(settings: Settings) -> list[Selected]:
    """Everything that was selected so far, in the order in which it is to be labelled: latest cycle first."""
    return [selected for cycle in reversed(cycles(settings)) for selected in cycle.selected]


def forget(settings: Settings, interaction_ids: Collection[str]) -> int:
    """Takes interactions out of all cycles; how many."""
    forgotten = 0
    for cycle in cycles(settings):
        kept = [selected for selected in cycle.selected if selected.interaction_id not in interaction_ids]
        if len(kept) < len(cycle.selected):
            forgotten += len(cycle.selected) - len(kept)
            save(settings, msgspec.structs.replace(cycle, selected=kept))
    return forgotten
