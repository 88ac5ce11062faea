"""One cycle of selection: chosen with the router in production, told to everybody, and queued for annotators."""

from __future__ import annotations

from analytics.registry import registry_of
from analytics.selection import queue
from analytics.selection.pool import Strategy
from analytics.selection.selector import ActiveLearningSelector, Predict
from analytics.selection.uncertainty import Measure
from headrace.decisions import Selection
from headrace.router import Router
from headrace.router.live import MODEL_FILE
from headrace.settings import Settings
from headrace.states import fetch


def next_cycle(
    settings: Settings,
    budget: int | None = None,
    strategy: Strategy | None = None,
    seed: int = 0,
    *,
    measure: Measure | None = None,
    dry_run: bool = False,
) -> Selection:
    """What annotators are asked about next; published and queued unless `dry_run`.

    Budget, strategy and measure as in the settings unless given. Raises BrokerUnavailable: then nothing is queued.
    """
    before = [selected.interaction_id for selected in queue.queued(settings)]
    selector = ActiveLearningSelector(settings, predict=_production(settings))
    selection = selector.select_for_annotation(budget, strategy, measure=measure, seed=seed, selected_before=before)
    if selection.selected and not dry_run:
        queue.publish(settings, selection)
    return selection


def _production(settings: Settings) -> Predict | None:
    """What the router in production thinks of texts; None before there is one."""
    held = registry_of(settings).current().production
    if held is None:
        return None
    return Router.load(fetch(held, settings.storage / "models") / MODEL_FILE).probabilities
