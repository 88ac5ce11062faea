"""The whole measurement as one value: for a table, for JSON, for a test that holds floors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headrace.privacy.corpus import Sample
from headrace.privacy.evaluation.quality import Quality, quality
from headrace.privacy.evaluation.speed import Engine, Speed, Worst, interactions, speed, worst
from headrace.privacy.evaluation.targets import P99_TARGET_US, SPEED_TARGETS, TARGETS, WORST_TARGET_S


@dataclass(frozen=True)
class Report:
    quality: Quality
    """Of the first engine: the others find the same."""
    speeds: dict[str, dict[str, Speed]]
    """By engine, then by what the texts are like."""
    worst: dict[str, Worst]

    def lines(self) -> list[tuple[str, str, str, bool]]:
        """Measure, what was measured, what to reach, and whether it was."""
        return [*self._quality_lines(), *self._speed_lines()]

    def as_json(self) -> dict[str, Any]:
        """For programs: shares with their bounds by kind and group, speeds by engine."""
        return {
            "groups": {name: bounds._asdict() for name, bounds in self.quality.groups.items()},
            "kinds": {name: bounds._asdict() for name, bounds in self.quality.by_kind.items()},
            "leak": self.quality.leak._asdict(),
            "speed": {
                name: {texts: one._asdict() for texts, one in speeds.items()} for name, speeds in self.speeds.items()
            },
            "worst": {name: one._asdict() for name, one in self.worst.items()},
            "targets": {name: target._asdict() for name, target in TARGETS.items()},
        }

    def _quality_lines(self) -> list[tuple[str, str, str, bool]]:
        lines = []
        for name, target in TARGETS.items():
            value, low, high, trials = self.quality.groups[name]
            sign = "≥" if target.at_least else "≤"
            measured = f"{value:.4f}  [{low:.3f}, {high:.3f}]  n={trials}"
            lines.append((target.name, measured, f"{sign} {target.reach}", target.reached(value)))
        return lines

    def _speed_lines(self) -> list[tuple[str, str, str, bool]]:
        lines = []
        for engine, speeds in self.speeds.items():
            least = SPEED_TARGETS.get(engine, 0.0)
            for texts, one in speeds.items():
                name = f"{engine}, {texts}"
                measured = f"{one.mb_per_s:.1f}, in batches {one.batch_mb_per_s:.1f}"
                reached = max(one.mb_per_s, one.batch_mb_per_s) >= least
                lines.append((f"MB/s, {name}", measured, f"≥ {least:g}", reached))
                measured, quick = f"{one.p50_us:.0f}, {one.p99_us:.0f}", one.p99_us <= P99_TARGET_US
                lines.append((f"µs per text, p50 and p99, {name}", measured, f"≤ {P99_TARGET_US:g}", quick))
        for name, slowest in self.worst.items():
            measured = f"{slowest.seconds:.3f}  ({slowest.text})"
            reached = slowest.seconds <= WORST_TARGET_S
            lines.append((f"worst 100 KB in s, {name}", measured, f"≤ {WORST_TARGET_S}", reached))
        return lines


def report(samples: Sequence[Sample], engines: Sequence[Engine], cost: bool = True) -> Report:
    """Everything measured: quality with the first engine and, where it is asked for, the cost of each."""
    asked = engines if cost else ()
    texts = interactions(samples)
    return Report(
        quality=quality(samples, engines[0].find),
        speeds={engine.name: {like: speed(some, engine) for like, some in texts.items()} for engine in asked},
        worst={engine.name: worst(engine) for engine in asked},
    )
