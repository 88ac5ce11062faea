"""`headrace sanitize --evaluate`: what the rules reach on the corpus, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import json
from rich.console import Console
from rich.table import Table

from headrace.privacy.corpus import SPLITS, Sample, Split, corpus
from headrace.privacy.evaluation import Bounds, Quality, Report, engines, report


def samples(seed: int, size: int, split: Split | None) -> list[Sample]:
    """The corpus, both halves where none is named."""
    return [sample for half in ((split,) if split else SPLITS) for sample in corpus(seed, size, half)]


def evaluate(seed: int, size: int, split: Split | None, cost: bool = True) -> Report:
    return report(samples(seed, size, split), engines(), cost)


def as_line(measured: Report) -> str:
    return json.encode(measured.as_json()).decode()


def print_tables(measured: Report, console: Console) -> None:
    """Against what is to be reached, then recall kind by kind."""
    targets = Table("measure", "measured", "reach", "", title="Personal data: what the rules reach")
    for name, value, reach, reached in measured.lines():
        targets.add_row(name, value, reach, "[green]yes[/]" if reached else "[red]no[/]")
    console.print(targets)
    kinds = Table("kind", "recall", "95 % interval", "values", title="Recall by kind")
    for kind, bounds in measured.quality.by_kind.items():
        kinds.add_row(kind, *_cells(bounds))
    kinds.add_row("(leak: still standing in the output)", *_cells(measured.quality.leak))
    console.print(kinds)


def misses(found: Quality) -> Iterator[str]:
    """The values that were missed and the texts that were altered for nothing: made-up text, fit to be shown."""
    for miss in found.misses:
        start, end, kind = miss.sample.labels[0]
        yield f"missed   {kind:<20} {miss.sample.generator:<36} {miss.sample.text[start:end]!r} in {miss.sample.text!r}"
    for miss in found.accused:
        yield f"altered  {miss.sample.task:<20} {miss.sample.family:<36} {miss.sample.text!r}"


def _cells(bounds: Bounds) -> tuple[str, str, str]:
    return f"{bounds.share:.4f}", f"[{bounds.low:.3f}, {bounds.high:.3f}]".replace("[", "\\["), str(bounds.trials)
