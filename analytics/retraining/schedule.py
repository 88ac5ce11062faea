"""Whether it is time to train again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from headrace.settings import Retraining

PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(days=7), "monthly": timedelta(days=30)}


class Due(NamedTuple):
    """The answer, and why."""

    is_due: bool
    reason: str


def due(settings: Retraining, last: datetime | None, new_samples: int, now: datetime, *, drifted: bool = False) -> Due:
    """Whether to train: enough new samples, and the period is over or traffic has drifted; the first time at once.

    >>> from datetime import UTC
    >>> due(Retraining(), None, 40, datetime(2026, 3, 1, tzinfo=UTC))
    Due(is_due=False, reason='40 new samples, 100 are needed (retraining.min_new_samples)')
    """
    if new_samples < settings.min_new_samples:
        needed = settings.min_new_samples
        return Due(False, f"{new_samples} new samples, {needed} are needed (retraining.min_new_samples)")
    if last is None:
        return Due(True, f"{new_samples} samples and no model yet")
    if drifted:
        return Due(True, f"{new_samples} new samples, and traffic has drifted")
    if settings.schedule == "drift":
        return Due(False, f"no alert of drift since {last:%Y-%m-%d %H:%M} (retraining.schedule)")
    next_time = last + PERIODS[settings.schedule]
    if now < next_time:
        return Due(False, f"the next {settings.schedule} training is on {next_time:%Y-%m-%d %H:%M}")
    return Due(True, f"{new_samples} new samples since {last:%Y-%m-%d %H:%M}")
