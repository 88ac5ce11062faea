"""All findings on a bounded set of interactions: what a file or a query of the store holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from consumers.failures.finding import FLAGS, Finding
from consumers.failures.latency import quartiles, slow_limit, slow_response
from consumers.failures.record_rules import rules_of_feedback, rules_of_record
from consumers.failures.session_rules import rules_of_session, turn_of
from headrace.events import Feedback, ProductionInteraction
from headrace.settings import FailureAnalysis


def find(
    interactions: Sequence[ProductionInteraction], feedback: Iterable[Feedback], rules: FailureAnalysis
) -> dict[str, list[Finding]]:
    """The findings of each failing interaction, by its id. A session is abandoned by the time of the last event."""
    known = {event.interaction_id for event in interactions}
    found: dict[str, list[Finding]] = defaultdict(list)
    for event in interactions:
        found[event.interaction_id] += rules_of_record(event, rules)
    for finding in (f for opinion in feedback for f in rules_of_feedback(opinion, rules)):
        if finding.interaction_id in known:
            found[finding.interaction_id].append(finding)
    for finding in (*_slow(interactions, rules), *_between_turns(interactions, found, rules)):
        found[finding.interaction_id].append(finding)
    return {id_: _one_of_each(findings) for id_, findings in found.items() if findings}


def _slow(interactions: Sequence[ProductionInteraction], rules: FailureAnalysis) -> Iterable[Finding]:
    by_agent: dict[tuple[str, str], list[ProductionInteraction]] = defaultdict(list)
    for event in interactions:
        by_agent[event.tenant, event.agent_selected].append(event)
    for events in by_agent.values():
        counted = Counter(event.latency_ms for event in events if event.latency_ms is not None)
        values = sorted(counted)
        limit = slow_limit(quartiles(values, [counted[value] for value in values]), rules)
        for event in events:
            if event.latency_ms is not None and (slow := slow_response(event.interaction_id, event.latency_ms, limit)):
                yield slow


def _between_turns(
    interactions: Sequence[ProductionInteraction], found: Mapping[str, list[Finding]], rules: FailureAnalysis
) -> Iterable[Finding]:
    sessions: dict[tuple[str, str], list[ProductionInteraction]] = defaultdict(list)
    for event in sorted(interactions, key=lambda event: (event.timestamp, event.interaction_id)):
        if event.session_id is not None:
            sessions[event.tenant, event.session_id].append(event)
    as_of: datetime | None = max((event.timestamp for event in interactions), default=None)
    for events in sessions.values():
        turns = [turn_of(event, bool(found.get(event.interaction_id))) for event in events]
        yield from rules_of_session(turns, rules, as_of)


def _one_of_each(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each flag and detail, in the flags' order."""
    unique = {(finding.flag, finding.detail): finding for finding in findings}
    return sorted(unique.values(), key=lambda finding: (FLAGS.index(finding.flag), finding.detail))
