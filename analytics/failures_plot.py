"""How clusters of failures grew, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from consumers.failures.report import ClusterReport
from headrace.errors import ConfigError

FORMATS = (".png", ".svg", ".pdf")
TITLE_CHARACTERS = 40


def save(clusters: Sequence[ClusterReport], path: Path) -> None:
    """Failures of each cluster by window, one line each. Raises ConfigError for an unknown kind of file."""
    if path.suffix not in FORMATS:
        raise ConfigError(f"{path}: pictures are written as {', '.join(FORMATS)}")
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.add_subplot()
    for cluster in clusters:
        starts = np.array([count.start.replace(tzinfo=None) for count in cluster.windows], "datetime64[s]")
        title = (cluster.title or cluster.medoid)[:TITLE_CHARACTERS]
        axes.plot(
            starts, [count.failures for count in cluster.windows], marker="o", ms=3, label=f"{title} ({cluster.size})"
        )
    axes.set_ylabel("failures in a window")
    axes.set_ylim(bottom=0)
    axes.tick_params(axis="x", rotation=30)
    if clusters:
        axes.legend(fontsize="small", frameon=False)
    figure.savefig(path)
