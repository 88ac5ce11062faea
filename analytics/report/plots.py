"""The report's pictures: values in, SVG out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from analytics.page import BLUE, PALE, picture

WIDTH, HEIGHT = 9.0, 2.6
"""Inches."""
SHADE = "Blues"


def courses(days: Sequence[date], lines: Mapping[str, Sequence[float]], label: str) -> str:
    """One line for each name over the same days."""
    figure, axes = _canvas()
    places = np.array(days, "datetime64[D]")
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


def matrix(rows: Sequence[str], columns: Sequence[str], values: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    """A number for each row and column, shaded; NaN stays empty."""
    figure, axes = _canvas(0.6 + 0.4 * len(rows))
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
