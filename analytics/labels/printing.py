"""Agreement as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analytics.labels.agreement import Agreement, Verdict


def print_agreement(pairs: Sequence[Agreement], verdicts: Sequence[Verdict]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(header_style="bold")
    for name in ("annotator", "annotator", "both", "same", "kappa"):
        table.add_column(name, justify="left" if name == "annotator" else "right")
    for pair in pairs:
        table.add_row(pair.first, pair.second, str(pair.both), f"{pair.same:.0%}", f"{pair.kappa:.2f}")
    counted = Counter(verdict.how for verdict in verdicts)
    table.caption = ", ".join(f"{count} {how}" for how, count in counted.items()) or "no labels yet"
    Console().print(table)
