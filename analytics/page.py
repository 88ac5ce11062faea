"""Self-contained HTML: no script, no font, no picture from anywhere, and nothing unescaped."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from matplotlib.figure import Figure

STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}"
    "table{border-collapse:collapse;margin:.5rem 0}td,th{padding:.2rem .8rem;text-align:left;"
    "border-bottom:1px solid #ddd;vertical-align:top}"
    ".alarm{color:#b3261e;font-weight:600}svg{max-width:100%;height:auto}"
    "nav a{margin-right:1rem}h2{margin-top:2.5rem}"
)
BLUE, RED, PALE = "#274c77", "#b3261e", "#c9d7e8"


class Section(NamedTuple):
    """A heading, a sentence, and pieces of HTML below it."""

    title: str
    words: str
    parts: Sequence[str] = ()


def document(title: str, words: str, sections: Iterable[Section]) -> str:
    """The whole page; its sections can be jumped to."""
    shown = list(sections)
    links = "".join(f'<a href="#{_anchor(section)}">{escape(section.title)}</a>' for section in shown)
    body = "".join(map(_section, shown))
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title><style>{STYLE}</style>"
        f"<h1>{escape(title)}</h1><p>{escape(words)}</p><nav>{links}</nav>{body}</html>"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows of values as a table.

    >>> table(["a"], [["<b>"]])
    '<table><tr><th>a</tr><tr><td>&lt;b&gt;</tr></table>'
    """
    lines = ["".join(f"<td>{escape(shown(cell))}" for cell in row) for row in rows]
    heading = "".join(f"<th>{escape(name)}" for name in head)
    return f"<table><tr>{heading}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def shown(value: object) -> str:
    """A value as people read it.

    >>> shown(1234567), shown(0.123456), shown(None)
    ('1,234,567', '0.123', '')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def picture(figure: Figure) -> str:
    """A figure as SVG, the same for the same data."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return "<svg" + buffer.getvalue().partition("<svg")[2]


def _section(section: Section) -> str:
    heading = f'<h2 id="{_anchor(section)}">{escape(section.title)}</h2>'
    return f"{heading}<p>{escape(section.words)}</p>{''.join(section.parts)}"


def _anchor(section: Section) -> str:
    return escape(section.title.lower().replace(" ", "-"))
