"""A simulator of production traffic: its own text, seeded, and with everything it planted written down."""

from producers.simulator.plan import Plan, Rates
from producers.simulator.stream import generate, simulate
from producers.simulator.truth import Truth

__all__ = ["Plan", "Rates", "Truth", "generate", "simulate"]
