"""The report's pictures: values in, SVG out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from analytics.page import BLUE, PALE, RED, picture
from consumers.drift.report import DriftReport

WIDTH, HEIGHT = 9.0, 2.6
"""Inches."""
SHADE = "Blues"
MOST_EVIDENCE = 6.0
"""One in a million: nobody needs to tell apart what is clearer."""


def courses(days: Sequence[date | datetime], lines: Mapping[str, Sequence[float]], label: str) -> str:
    """One line for each name over the same days, or moments (UTC)."""
    figure, axes = _canvas()
    places = np.array([day.replace(tzinfo=None) if isinstance(day, datetime) else day for day in days], "datetime64[s]")
    for name, values in lines.items():
        axes.plot(places, values, marker="o", ms=3, label=name)
    axes.set_ylabel(label)
    axes.set_ylim(bottom=0)
    axes.tick_params(axis="x", rotation=30)
    axes.legend(fontsize=7, frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return picture(figure)


def bars(values: Mapping[str, float], label: str) -> str:
    """One bar for each name, the longest on top."""
    names = sorted(values, key=lambda name: values[name])
    figure, axes = _canvas(max(HEIGHT, 0.25 * len(names)))
    axes.barh(names, [values[name] for name in names], color=BLUE)
    axes.set_xlabel(label)
    return picture(figure)


def curve(names: Sequence[str], values: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> str:
    """A value for each name with its interval, in order."""
    figure, axes = _canvas()
    places = np.arange(len(names))
    axes.fill_between(places, lower, upper, color=PALE, lw=0, label="95 % interval")
    axes.plot(places, values, color=BLUE, marker="o")
    axes.set_xticks(places, names, fontsize=8, rotation=20)
    axes.set_ylabel("accuracy")
    axes.legend(fontsize=7, frameon=False, loc="lower right")
    return picture(figure)


def evidence(windows: Sequence[tuple[str, DriftReport]]) -> str:
    """How clearly each signal moved in each window: -log10 of its adjusted p-value, shaded; alarms are marked."""
    names = sorted({signal.name for _, report in windows for signal in report.signals})
    shades, alarms = np.full((len(names), len(windows)), np.nan), []
    for column, (_, report) in enumerate(windows):
        for signal in report.signals:
            row = names.index(signal.name)
            shades[row, column] = min(-np.log10(max(signal.adjusted_p_value, 1e-300)), MOST_EVIDENCE)
            alarms += [(row, column)] * signal.alarm
    figure, axes = _canvas(1.0 + 0.22 * len(names))
    shown = axes.imshow(shades, cmap="Reds", vmin=0, vmax=MOST_EVIDENCE, aspect="auto")
    for row, column in alarms:
        axes.plot(column, row, "o", color="w", mec=RED, ms=5)
    axes.set_xticks(range(len(windows)), [label for label, _ in windows], fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    figure.colorbar(shown, label="evidence, -log10 p")
    return picture(figure)


def matrix(rows: Sequence[str], columns: Sequence[str], values: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    """A number for each row and column, shaded; NaN stays empty."""
    figure, axes = _canvas(1.0 + 0.25 * len(rows))
    axes.imshow(values, cmap=SHADE, vmin=0, vmax=1, aspect="auto")
    for row, column in np.argwhere(np.isfinite(values)):
        dark = values[row, column] > 0.6
        axes.text(column, row, f"{values[row, column]:.2f}", ha="center", va="center", color="w" if dark else "k")
    axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right", fontsize=8)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    return picture(figure)


def _canvas(height: float = HEIGHT) -> tuple[Figure, Any]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()
