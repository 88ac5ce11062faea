"""Failures that were fixed, as the gate's slices: interactions that must not go wrong again.

The store knows of each cluster up to 24 members. Those whose right agent is known are asked of both models, wherever
they stand in the split: a fixed failure is old by the time it counts as fixed, so most of its members were trained
on. A model that gets them wrong although it was told has unlearnt them.
"""

from __future__ import annotations

from analytics.asking import Ask

_RESOLVED = """
    WITH latest AS (
        SELECT tenant, cluster_id, max_by(status, (timestamp, revision)) AS status, max(last_seen) AS last_seen,
               list_distinct(flatten(list(coalesce(examples, [])))) AS members
        FROM clusters GROUP BY tenant, cluster_id),
    words AS (
        SELECT decision->>'cluster_id' AS cluster_id, max(timestamp) AS fixed_at
        FROM decisions WHERE kind = 'resolution' GROUP BY 1)
    SELECT cluster_id, members FROM latest LEFT JOIN words USING (cluster_id)
    WHERE len(members) > 0 AND (status = 'resolved' OR last_seen <= fixed_at)
    ORDER BY cluster_id
"""


def resolved_clusters(ask: Ask) -> dict[str, frozenset[str]]:
    """The members known of each cluster that is resolved now: by itself, or because somebody said so."""
    return {row["cluster_id"]: frozenset(row["members"]) for row in ask(_RESOLVED).to_pylist()}
