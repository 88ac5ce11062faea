"""The engines there are: pure Python always, accelerated where its libraries are installed."""

from __future__ import annotations

from headrace.privacy.evaluation.speed import Engine
from headrace.privacy.sanitizer import Sanitizer


def engines() -> list[Engine]:
    """Pure Python first."""
    found = [_engine("python", Sanitizer(engine="python"))]
    try:
        return [*found, _engine("accelerated", Sanitizer(engine="accelerated"))]
    except ImportError:
        return found


def _engine(name: str, sanitizer: Sanitizer) -> Engine:
    def find(text: str) -> list[tuple[int, int]]:
        return [(span.start, span.end) for span in sanitizer.spans(text)]

    return Engine(name, find, sanitizer.text, sanitizer.texts)
