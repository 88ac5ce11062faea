"""A page of drift: each signal's windows, what the reference lets expect, and the alarms."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from analytics.page import STYLE, picture
from consumers.drift.report import DriftReport, SignalReport

BAND = 1.96
"""Standard errors: the band holds 95 % of windows without drift."""


class Window(NamedTuple):
    """One window of the plot and what was found in it."""

    label: str
    report: DriftReport


class _Course(NamedTuple):
    title: str
    values: list[float]
    lower: list[float]
    upper: list[float]


def page(windows: Sequence[Window]) -> str:
    """The whole page, self-contained: no script, no font, no image from anywhere."""
    names = list(dict.fromkeys(signal.name for window in windows for signal in window.report.signals))
    alarms = [(window, signal) for window in windows for signal in window.report.signals if signal.alarm]
    rows = "".join(_row(window, signal) for window, signal in alarms)
    table = f"<table><tr><th>window<th>signal<th>p<th>cause<th>culprits<th>examples</tr>{rows}</table>"
    plots = "".join(_plot(name, windows) for name in names)
    about = windows[-1].report.reference if windows else None
    heading = f"reference {about.id} ({about.kind}, {about.rows:,} rows {about.first} – {about.last})" if about else ""
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Drift</title><style>{STYLE}</style><h1>Drift</h1>"
        f"<p>{len(windows)} windows, {escape(heading)}</p>{table if alarms else '<p>No alarm.</p>'}{plots}</html>"
    )


def _row(window: Window, signal: SignalReport) -> str:
    culprits = "; ".join(
        f"{culprit.what} {culprit.name} ({culprit.reference_share:.1%} → {culprit.current_share:.1%})"
        for culprit in signal.culprits
    )
    cells = (window.label, signal.name, f"{signal.p_value:.2g}", signal.cause, culprits, ", ".join(signal.examples))
    return "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "</tr>"


def _plot(name: str, windows: Sequence[Window]) -> str:
    shown = [(w.label, s) for w in windows for s in w.report.signals if s.name == name]
    labels, found = [label for label, _ in shown], [signal for _, signal in shown]
    course = _course(found)
    figure = Figure(figsize=(9, 2.2), layout="constrained")
    axes: Any = figure.add_subplot()
    places = np.arange(len(found))
    axes.fill_between(places, course.lower, course.upper, color="#c9d7e8", lw=0, label="expected", step="mid")
    axes.plot(places, course.values, color="#274c77", marker="o", ms=3)
    alarmed = [place for place, signal in enumerate(found) if signal.alarm]
    axes.plot(alarmed, [course.values[place] for place in alarmed], "o", color="#b3261e", label="alarm")
    axes.set_title(f"{name}: {course.title}", loc="left", fontsize=10)
    ticks = places[:: max(1, len(places) // 8)]
    axes.set_xticks(ticks, [labels[tick] for tick in ticks], fontsize=8)
    axes.legend(fontsize=7, frameon=False, loc="upper left")
    return picture(figure)


def _course(found: Sequence[SignalReport]) -> _Course:
    """Medians with the band that the reference's spread allows windows of their size; else z with its band."""
    if found[0].kind == "number" and all("p50" in signal.current and "p50" in signal.reference for signal in found):
        middle = [signal.reference["p50"] for signal in found]
        error = [
            BAND * 1.25 * (s.reference["p95"] - s.reference["p05"]) / 3.29 / max(1.0, s.current["n"]) ** 0.5
            for s in found
        ]
        lower, upper = np.subtract(middle, error).tolist(), np.add(middle, error).tolist()
        return _Course("median", [signal.current["p50"] for signal in found], lower, upper)
    evidence = [-float(np.log10(max(signal.adjusted_p_value, 1e-12))) for signal in found]
    return _Course("evidence, -log10 p", evidence, [0.0] * len(found), [1.3] * len(found))
