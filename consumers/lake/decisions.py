"""What jobs and people decided, as rows: each record one row of `decisions`."""

from __future__ import annotations

import pyarrow as pa

from consumers.lake.columns import arrow_table
from consumers.lake.records import Records
from consumers.lake.tables import DECISIONS
from headrace.codec import encode_json
from headrace.decisions import Decision


def decision_table(decisions: list[Decision], records: Records) -> pa.Table:
    """The decisions in order; `records` tells where each one stands."""
    return arrow_table(
        DECISIONS,
        {
            "timestamp": [decision.decided_at for decision in decisions],
            "decision_id": [decision.decision_id for decision in decisions],
            "kind": [_kind(decision) for decision in decisions],
            "decision": [encode_json(decision).decode() for decision in decisions],
            "decisions_partition": records.partitions,
            "decisions_offset": records.offsets,
        },
    )


def _kind(decision: Decision) -> str:
    """The name in the tag, without its version: `selection.v1` is a `selection`."""
    return str(decision.__struct_config__.tag).partition(".")[0]
