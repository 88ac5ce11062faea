"""A/B tests of a new model against the one in use: sticky assignment, planned looks, a recommendation in words."""

from analytics.experiments.framework import ABTestFramework, Report
from analytics.experiments.reading import Plan
from headrace.experiment import Assignment, Experiment

__all__ = ["ABTestFramework", "Assignment", "Experiment", "Plan", "Report"]
