"""Load for the pipeline's benchmark: interactions of about 1.1 KB through the client, held back by what is stored.

    python -m producers.load --seconds 60 --outstanding 100000

Standard input tells how many events are stored, one number a line; the load never has more than
`--outstanding` beyond that. Standard output names every `--sample`-th event with the moment it was
logged (`seq time`, CLOCK_MONOTONIC, which all processes of a machine share), and at the end one JSON
object.
"""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
import typer

from headrace.client.logger import ProductionInteractionLogger
from headrace.events import ProductionInteraction
from headrace.settings import load
from producers.corpus import interactions, made_texts
from producers.pace import paced

ENDLESS = 10**12
WAIT_S = 0.002
CLOSE_TIMEOUT_S = 60.0


class Stored:
    """The number on standard input, read by a thread; its end lets everything pass."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.count = 0
        self._lines = lines
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._lines:
            self.count = int(line)
        self.count = ENDLESS


def main(
    seconds: Annotated[float, typer.Option(help="How long to log.")],
    rate: Annotated[float, typer.Option(help="Events a second; 0 is as fast as they are stored.")] = 0,
    outstanding: Annotated[int, typer.Option(help="The most events logged and not stored.")] = 100_000,
    sample: Annotated[int, typer.Option(help="Name every so-many-th event; 0 names none.")] = 0,
) -> None:
    """Log made-up interactions at a rate, or as fast as they are stored."""
    texts = list(made_texts(seed=1))
    events = interactions(ENDLESS, texts)
    with ProductionInteractionLogger(load()) as logger:
        _say(logger.producer_id)
        for chunk in _held_back(paced(_until(events, seconds), rate), Stored(sys.stdin), outstanding):
            first, started = logger.last_seq + 1, time.monotonic()
            logger.log_many(chunk)
            for seq in _sampled(first, len(chunk), sample):
                _say(f"{seq} {started}")
        result = logger.close(CLOSE_TIMEOUT_S)
    _say(msgspec.json.encode(result).decode())


def _until(events: Iterator[ProductionInteraction], seconds: float) -> Iterator[ProductionInteraction]:
    deadline = time.monotonic() + seconds
    return itertools.takewhile(lambda _: time.monotonic() < deadline, events)


def _held_back(
    chunks: Iterator[list[ProductionInteraction]], stored: Stored, outstanding: int
) -> Iterator[list[ProductionInteraction]]:
    logged = 0
    for chunk in chunks:
        while logged + len(chunk) - stored.count > outstanding:
            time.sleep(WAIT_S)
        yield chunk
        logged += len(chunk)


def _sampled(first: int, count: int, sample: int) -> Iterator[int]:
    """The multiples of `sample` among `count` numbers from `first` on.

    >>> list(_sampled(98, 5, 50)), list(_sampled(1, 5, 0))
    ([100], [])
    """
    return iter(range(-(-first // sample) * sample, first + count, sample)) if sample else iter(())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    typer.run(main)
