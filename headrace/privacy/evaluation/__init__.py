"""How much of the corpus the rules find, what they alter for nothing, and what they cost."""

from headrace.privacy.evaluation.engines import engines
from headrace.privacy.evaluation.quality import Quality, quality
from headrace.privacy.evaluation.report import Report, report
from headrace.privacy.evaluation.score import Bounds, Scored, scored, wilson
from headrace.privacy.evaluation.speed import Engine, Speed, Worst, interactions, speed, worst

__all__ = [
    "Bounds",
    "Engine",
    "Quality",
    "Report",
    "Scored",
    "Speed",
    "Worst",
    "engines",
    "interactions",
    "quality",
    "report",
    "scored",
    "speed",
    "wilson",
    "worst",
]
