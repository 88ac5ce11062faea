"""What the simulator knows of the demo's traffic, and how right a router is by it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from headrace.router.live import LiveRouter

NOVEL = "novelty"
"""The simulator's intent of what only the drift brings."""


class Truth(msgspec.Struct, frozen=True):
    """What the simulator knows of an interaction."""

    agent: str
    is_novel: bool


def read_truth(path: Path) -> tuple[datetime, dict[str, Truth]]:
    """When the drift begins, and what each interaction's right agent is."""
    drift_at, truth = datetime.max.replace(tzinfo=UTC), {}
    with path.open("rb") as lines:
        for said in map(json.loads, lines):
            if said["type"] == "drift":
                drift_at = datetime.fromisoformat(said["at"])
            elif said["type"] == "interaction":
                truth[said["interaction_id"]] = Truth(said["right_agent"], said["intent"] == NOVEL)
    return drift_at, truth


def scores(router: LiveRouter, texts: Mapping[str, str], truth: Mapping[str, Truth]) -> dict[str, float]:
    """The share of questions sent to the right agent: of those asked before the drift, and of the new ones."""
    known = {id_: text for id_, text in texts.items() if id_ in truth}
    routed = [router.route(text, id_) for id_, text in known.items()]
    right = np.array(
        [one is not None and one.decision.agent == truth[id_].agent for one, id_ in zip(routed, known, strict=True)]
    )
    novel = np.array([truth[id_].is_novel for id_ in known])
    return {"known questions": float(right[~novel].mean()), "new questions": float(right[novel].mean())}
