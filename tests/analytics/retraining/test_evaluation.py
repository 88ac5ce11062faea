"""Intervals hold what they promise, and count sessions."""

from __future__ import annotations

import numpy as np
from scipy.stats import binom

from analytics.retraining.evaluation import accuracy, agent_slices, scores

TRIALS = 200
SESSIONS = 120
TURNS = 5
TRUTH = 0.8


def test_intervals_cover_the_truth_though_turns_of_a_session_are_alike() -> None:
    """Whole sessions go well or badly; intervals that counted turns would cover in about half of the trials."""
    random = np.random.default_rng(1)
    sessions = np.repeat(np.arange(SESSIONS).astype(str), TURNS)
    covered = 0
    for seed in range(TRIALS):
        ease = np.repeat(random.beta(4 * TRUTH, 4 * (1 - TRUTH), SESSIONS), TURNS)
        score = accuracy(random.random(SESSIONS * TURNS) < ease, sessions, seed)
        covered += score.lower <= TRUTH <= score.upper
    assert covered >= binom.ppf(0.001, TRIALS, 0.94)


def test_slices_are_scored_apart() -> None:
    truth = np.array(["billing", "billing", "returns", "returns"])
    predicted = np.array(["billing", "returns", "returns", "returns"])
    found = scores(predicted, truth, np.array(["a", "b", "c", "d"]), agent_slices(truth))
    assert {name: score.value for name, score in found.items()} == {
        "all": 0.75,
        "agent billing": 0.5,
        "agent returns": 1.0,
    }


def test_no_rows_no_score() -> None:
    assert accuracy(np.array([], bool), np.array([], np.str_)).rows == 0
