"""A new model against the one in use, on later sessions that neither has seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, cast

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.retraining.evaluation import ALL, Score, agent_slices, scores
from analytics.retraining.examples import column
from analytics.retraining.split import Split
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
    new: Answers, old: Answers | None, examples: pa.Table, parts: Split, past: Mapping[str, Collection[str]]
) -> Evaluation:
    """Both models on what was held out, and on the interactions that `past` names by their resolved cluster.

    Later sessions are the slice of all traffic; an agent's slice has its earlier ones too that were kept back, so that
    one whom nobody asks any more is still judged. What `past` names must not go wrong again, and counts in its
    cluster's slice only. The gate needs independent examples, so it sees one turn of each session, and none whose text
    does not tell whom it is for.
    """
    named = _named(examples, past)
    unseen = parts.held_out | parts.kept_back
    is_asked = np.logical_or.reduce([unseen, *named.values()])
    asked = examples.filter(pa.array(is_asked))
    truth, sessions = column(asked, "label"), column(asked, "session_id")
    agents = {name: mask & unseen[is_asked] for name, mask in agent_slices(truth).items()}
    slices = {
        ALL: parts.held_out[is_asked],
        **{name: mask for name, mask in agents.items() if mask.any()},
        **{name: mask[is_asked] for name, mask in named.items()},
    }
    texts = asked.column("text").to_pylist()
    answered = np.array(new.predict(texts), dtype=np.str_)
    after = scores(answered, truth, sessions, slices)
    if old is None:
        return Evaluation(after=after, before=None, gate=None)
    answered_before = np.array(old.predict(texts), dtype=np.str_)
    telling = np.flatnonzero(tells_the_agent(texts, truth))
    single = telling[one_of_each(sessions[telling])]
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


def tells_the_agent(texts: Sequence[str], truth: NDArray[np.str_]) -> Bools:
    """Whether two in three who write a text mean the same agent. "Thanks, bye" is said to all: whom a model names for
    it is chance, but the same for every example of it, so that each new version would seem to break one agent or other.

    >>> tells_the_agent(["bye", "bye", "refund", "refund", "refund"], np.array(["a", "b", "a", "a", "b"])).tolist()
    [False, False, True, True, True]
    """
    _, text = np.unique(texts, return_inverse=True)
    _, agent = np.unique(truth, return_inverse=True)
    said = np.zeros((text.max(initial=-1) + 1, agent.max(initial=-1) + 1))
    np.add.at(said, (text, agent), 1)
    return cast("Bools", (3 * said.max(axis=1, initial=0) >= 2 * said.sum(axis=1))[text])


def _named(examples: pa.Table, past: Mapping[str, Collection[str]]) -> dict[str, Bools]:
    ids = column(examples, "interaction_id")
    masks = {f"cluster {name}": np.isin(ids, list(members)) for name, members in past.items()}
    return {name: mask for name, mask in masks.items() if mask.any()}
