"""What each unit did on each day of an experiment: the only rows that a comparison reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.experiments.metrics import METRICS
from headrace.experiment import Experiment

Array = NDArray[np.float64]


@dataclass(frozen=True)
class UnitDays:
    """Parallel arrays, one entry for each unit and day; `units` counts them from 0."""

    unit: NDArray[np.int64]
    day: NDArray[np.int64]
    """Days since the experiment began."""
    is_candidate: NDArray[np.bool_]
    sums: Mapping[str, Array]
    counts: Mapping[str, Array]

    def until(self, days: int) -> UnitDays:
        """Only the first `days` days."""
        return self._where(self.day < days)

    def arms(self) -> tuple[UnitDays, UnitDays]:
        """Control and candidate."""
        return self._where(~self.is_candidate), self._where(self.is_candidate)

    @property
    def units(self) -> int:
        return len(np.unique(self.unit))

    def totals(self, metric: str) -> tuple[Array, Array]:
        """Sum and count of a metric, one entry for each unit."""
        _, unit = np.unique(self.unit, return_inverse=True)
        sums, counts = (np.bincount(unit, amounts[metric]) for amounts in (self.sums, self.counts))
        return sums.astype(float), counts.astype(float)

    def _where(self, mask: NDArray[np.bool_]) -> UnitDays:
        return UnitDays(
            self.unit[mask],
            self.day[mask],
            self.is_candidate[mask],
            {name: values[mask] for name, values in self.sums.items()},
            {name: values[mask] for name, values in self.counts.items()},
        )


def query(experiment: Experiment) -> str:
    """SQL for the unit-days since the experiment's share holds.

    Units that were there before, under another share, are left out in both variants: those of them that moved
    to the candidate saw both, and without them the control would hold more old users than the candidate.
    """
    unit = "coalesce(user_id, session_id)" if experiment.unit == "user" else "session_id"
    since = f"TIMESTAMP '{experiment.since:%Y-%m-%d %H:%M:%S.%f}'"
    mine = f"experiment = '{experiment.name}' AND variant IN ('{experiment.control}', '{experiment.candidate}')"
    return f"""
        SELECT {unit} AS unit, day, variant = '{experiment.candidate}' AS is_candidate, {", ".join(_columns())}
        FROM interactions_with_feedback
        WHERE {mine} AND timestamp >= {since} AND {unit} IS NOT NULL AND {unit} NOT IN (
            SELECT DISTINCT {unit} FROM interactions
            WHERE experiment = '{experiment.name}' AND timestamp < {since} AND {unit} IS NOT NULL)
        GROUP BY ALL ORDER BY ALL"""


def read(rows: pa.Table, began: date) -> UnitDays:
    """The answer to `query` as arrays."""
    days = rows.column("day").cast(pa.int32()).to_numpy().astype(np.int64)
    return UnitDays(
        unit=rows.column("unit").combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64),
        day=days - (began - date(1970, 1, 1)).days,
        is_candidate=rows.column("is_candidate").to_numpy().astype(bool),
        sums={name: rows.column(f"{name}_sum").to_numpy().astype(float) for name in METRICS},
        counts={name: rows.column(f"{name}_count").to_numpy().astype(float) for name in METRICS},
    )


def _columns() -> Iterator[str]:
    for metric in METRICS.values():
        yield f"({metric.sums})::DOUBLE AS {metric.name}_sum"
        yield f"({metric.counts})::DOUBLE AS {metric.name}_count"
