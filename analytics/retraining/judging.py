"""A new model against the one in use, on later sessions that neither has seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.retraining.evaluation import Score, agent_slices, scores
from analytics.retraining.examples import column
from analytics.training import GateDecision, judge

Bools = NDArray[np.bool_]


class Answers(Protocol):
    """A router, as far as judging needs it."""

    def predict(self, texts: Sequence[str]) -> list[str]: ...


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, and what follows."""

    after: dict[str, Score]
    """Of the new model, by slice."""
    before: dict[str, Score] | None
    """Of the model in use; None where there was none."""
    gate: GateDecision | None
    """None where there was no model to fall behind."""

    @property
    def accepted(self) -> bool:
        return self.gate is None or self.gate.accepted


def evaluate(
    new: Answers, old: Answers | None, held_out: pa.Table, past: Mapping[str, Collection[str]] | None = None
) -> Evaluation:
    """Both models on `held_out`; `past` names interactions that must not go wrong again (resolved clusters).

    The gate needs independent examples, so it sees one turn of each session.
    """
    texts = held_out.column("text").to_pylist()
    truth, sessions = column(held_out, "label"), column(held_out, "session_id")
    slices = {**agent_slices(truth), **_named(held_out, past or {})}
    answered = np.array(new.predict(texts), dtype=np.str_)
    after = scores(answered, truth, sessions, slices)
    if old is None:
        return Evaluation(after=after, before=None, gate=None)
    answered_before = np.array(old.predict(texts), dtype=np.str_)
    single = one_of_each(sessions)
    gate = judge(
        (answered_before == truth)[single],
        (answered == truth)[single],
        {name: mask[single] for name, mask in slices.items()},
    )
    return Evaluation(after=after, before=scores(answered_before, truth, sessions, slices), gate=gate)


def one_of_each(sessions: NDArray[np.str_], seed: int = 0) -> NDArray[np.int64]:
    """The place of one turn of each session, drawn evenly.

    >>> len(one_of_each(np.array(["a", "a", "b"])))
    2
    """
    order = np.random.default_rng(seed).permutation(len(sessions))
    _, first = np.unique(sessions[order], return_index=True)
    return np.sort(order[first])


def _named(held_out: pa.Table, past: Mapping[str, Collection[str]]) -> dict[str, Bools]:
    ids = held_out.column("interaction_id").to_pylist()
    masks = {f"cluster {name}": np.array([id_ in set(members) for id_ in ids], bool) for name, members in past.items()}
    return {name: mask for name, mask in masks.items() if mask.any()}
