"""What an error of the producer means is decided in one place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from confluent_kafka import KafkaError, KafkaException

from consumers.sanitizer import transaction
from consumers.sanitizer.transaction import insist
from headrace.errors import Abortable, Fatal


def failing(error: KafkaError, times: int = 1_000_000) -> Callable[[], str]:
    left = [times]

    def call() -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise KafkaException(error)
        return "done"

    return call


def test_a_retriable_error_is_tried_again() -> None:
    error = KafkaError(KafkaError._TIMED_OUT, "slow", retriable=True)
    assert insist(failing(error, times=2)) == "done"


def test_a_retriable_error_that_stays_is_an_unknown_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "PATIENCE_S", 0.0)
    with pytest.raises(Fatal):
        insist(failing(KafkaError(KafkaError._TIMED_OUT, "slow", retriable=True)))


def test_an_abortable_error_aborts() -> None:
    with pytest.raises(Abortable):
        insist(failing(KafkaError(KafkaError.ILLEGAL_GENERATION, "moved on", txn_requires_abort=True)))


@pytest.mark.parametrize("fatal", [True, False])
def test_anything_else_ends_the_process(fatal: bool) -> None:
    with pytest.raises(Fatal):
        insist(failing(KafkaError(KafkaError._FENCED, "fenced", fatal=fatal)))
