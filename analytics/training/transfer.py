"""What a model still knows of each slice after each step of its training: the backward-transfer matrix, as rows."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of the matrix: one row for DuckDB."""

    model: str
    """Version of the model."""
    step: int
    """0, 1, 2 …: the training steps, in order."""
    slice: str
    learnt_at: int
    """The step that taught the slice."""
    examples: int
    """Held out."""
    right: int

    @property
    def accuracy(self) -> float:
        return self.right / self.examples


def forgetting(rows: Iterable[Measured]) -> float:
    """Mean over the slices of their best accuracy so far less that after the last step; slices taught last left out.

    >>> def cell(step: int, right: int) -> Measured:
    ...     return Measured(model="m", step=step, slice="billing", learnt_at=0, examples=100, right=right)
    >>> round(forgetting([cell(0, 90), cell(1, 95), cell(2, 92)]), 2)
    0.03
    """
    return _mean(max(course) - course[-1] for course in _courses(rows))


def backward_transfer(rows: Iterable[Measured]) -> float:
    """Mean over the slices of their accuracy after the last step less that right after they were taught."""
    return _mean(course[-1] - course[0] for course in _courses(rows))


def _courses(rows: Iterable[Measured]) -> list[list[float]]:
    """For each slice its accuracies from the step that taught it to the last one."""
    known = sorted((row for row in rows if row.step >= row.learnt_at), key=lambda row: row.step)
    last = max((row.step for row in known), default=0)
    courses: dict[str, list[float]] = {}
    for row in known:
        if row.learnt_at < last and row.examples:
            courses.setdefault(row.slice, []).append(row.accuracy)
    return list(courses.values())


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return sum(every) / len(every) if every else 0.0
