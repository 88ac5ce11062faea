"""A router in an agent: from nothing to a promoted one, split in an experiment, back without a restart."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.registry import Lineage, Registry
from analytics.router import RouterTrainer
from headrace import LiveRouter, ProductionInteraction
from headrace.settings import Settings

TIMEOUT_S = 20.0
QUERIES = ["pay the invoice", "invoice wrong", "parcel is late", "where is the parcel"]


def version(registry: Registry, folder: Path, labels: list[str]) -> str:
    made = folder / "-".join(labels)
    made.mkdir()
    RouterTrainer().fit(QUERIES * 5, labels * 5).export(made / "router.json")
    lineage = Lineage(run=made.name, dataset="0", dataset_uri="", events=20, code="1", config="1")
    return registry.add(made, lineage).version


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.broker
def test_what_is_promoted_routes_and_stands_on_the_interaction(settings: Settings, tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry")
    good = version(registry, tmp_path, ["billing", "billing", "delivery", "delivery"])
    swapped = version(registry, tmp_path, ["delivery", "delivery", "billing", "billing"])
    router = LiveRouter(settings)
    try:
        assert router.route("the invoice", "user-1") is None
        registry.promote(good)
        registry.announce(settings.kafka)
        wait(lambda: (routed := router.route("the invoice", "user-1")) is not None and routed.version == good)
        registry.compare(swapped, 0.5)
        registry.announce(settings.kafka)
        wait(lambda: (routed := router.route("the invoice", "user-1")) is not None and routed.assignment is not None)
        for user in (f"user-{number}" for number in range(30)):
            routed = router.route("the invoice", user)
            assert routed is not None
            event = ProductionInteraction(user_query="the invoice", **routed.fields)
            assert event.variant == routed.version
            assert event.propensity == 0.5
            assert event.agent_selected == ("billing" if routed.version == good else "delivery")
        registry.promote(swapped)
        registry.roll_back()
        registry.announce(settings.kafka)
        wait(lambda: (routed := router.route("the invoice", "user-1")) == (routed and (routed[0], good, None)))
    finally:
        router.close()
