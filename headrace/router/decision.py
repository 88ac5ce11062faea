"""What a router says about one query."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """Which agent should answer a query, how sure that is, and why."""

    agent: str
    """The likeliest agent, also where the query is out of scope."""
    probability: float
    """That it is the right one among the agents, 0 to 1, given that one of them is."""
    confidence: float
    """That it is the right one, 0 to 1; low where the query is like nothing the router has learnt from."""
    in_scope: bool
    """False: none of the agents."""
    reasons: tuple[tuple[str, float], ...]
    """Words of the query that spoke for the agent against the runner-up, strongest first, each with its share."""

    @property
    def choice(self) -> str | None:
        """The agent, or None for "none of them"."""
        return self.agent if self.in_scope else None
