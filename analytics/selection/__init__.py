"""Which interactions annotators are asked about: few of them, chosen so that a model learns most from each."""

from analytics.selection.pool import Pool, Selection, Strategy
from analytics.selection.select import select

__all__ = ["Pool", "Selection", "Strategy", "select"]
