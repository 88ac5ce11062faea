"""How fast an engine reads whole interactions, and what the worst text costs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import quantiles
from time import process_time_ns
from typing import NamedTuple, TypeVar

from headrace.privacy.corpus import Sample
from headrace.privacy.corpus.dice import ALNUM, Dice
from headrace.privacy.corpus.mixed import dialogue

T = TypeVar("T")

WORST_CHARACTERS = 100_000
BATCH = 500
"""Texts a call: what the sanitizer holds at a time."""
_UNITS = (
    *("a", "1", " ", "@", ":", "+", "-", ".", "_", "/", "%", "&", "=", "\\", "é", "\u200b", "１"),
    *("a@", "@a.", "a.a.a.@", "a.", "1.", "1 ", "1-", "1:", "::", "a:", "+1", "+1 ", "(1", "a_", "1.1.1.", "fe80::"),
    *("sk-", "xoxb-", "SG.", "ghp_", "AKIA", "eyJ", "eyJhbGciOi.", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----\n"),
    *("4111 ", "4111111111111111", "415-555-2671", "DE89 3704 ", "123-45-6789", "123-45-", "00:1B:44:", "0x", "bc1q"),
    *(
        "password=",
        'password="',
        "api_key: ",
        "secret ",
        "token=token=",
        "passport ",
        "SSN ",
        "https://a:",
        "://",
        "?token=",
    ),
    *("a@b.com", "a@b.com4155552671", "%40", "%2", "&#64;", "&#", "\\u0040", "\\n", " (at) ", " dot ", "=\n", "\r\n"),
    *("756.9217.0769.85\n", "(415) 555-2671\n", "10.11.12.13 04:05:06:07 ", "DNI 30123456 ", "4111 1111 1111 1111\n"),
    *(
        "ada%40example.org ",
        "password=monkey77 ",
        "00:00:00:00:00:00 ",
        "::ffff:192.168.0.1\n",
        "PMAK-7f39c1-5d08a42e6",
    ),
    *("[EMAIL]", "[EMAIL_k1_", "{", "[", "<", '"', "'", "`", "a b ", "Aa1", "aaaa-", "$", "${", "XXXX"),
)


class Speed(NamedTuple):
    texts: int
    bytes_per_text: float
    mb_per_s: float
    """10^6 bytes of UTF-8 in a second of processor time, one text a call."""
    batch_mb_per_s: float
    """The same, many texts a call, as the sanitizer has them."""
    p50_us: float
    p99_us: float


class Worst(NamedTuple):
    seconds: float
    """Processor time."""
    text: str
    """What was repeated to make it."""


class Engine(NamedTuple):
    """One way to run the rules."""

    name: str
    find: Callable[[str], Sequence[tuple[int, int]]]
    text: Callable[[str], str]
    batch: Callable[[Sequence[str]], object]


def interactions(samples: Sequence[Sample]) -> dict[str, list[str]]:
    """What speed is measured on: the mixed samples, with numbers and codes in every line, and as much plain talk."""
    mixed = [sample.text for sample in samples if sample.task == "mixed"]
    dice = Dice("talk")
    return {"dialogue": [dialogue(dice) for _ in mixed], "full of values": mixed}


def speed(texts: Sequence[str], engine: Engine) -> Speed:
    """Measured once the texts have been read to get warm on."""
    batches = [texts[first : first + BATCH] for first in range(0, len(texts), BATCH)]
    for text in texts:
        engine.text(text)
    times = [_nanoseconds(engine.text, text) for text in texts]
    batched = sum(_nanoseconds(engine.batch, batch) for batch in batches)
    size = sum(len(text.encode()) for text in texts)
    cuts = quantiles(times, n=100)
    return Speed(
        texts=len(texts),
        bytes_per_text=size / len(texts),
        mb_per_s=size * 1e3 / sum(times),
        batch_mb_per_s=size * 1e3 / batched,
        p50_us=cuts[49] / 1e3,
        p99_us=cuts[98] / 1e3,
    )


def worst(engine: Engine, characters: int = WORST_CHARACTERS) -> Worst:
    """The text of so many characters on which the engine takes longest, among those that such engines hang on."""
    return max(Worst(_nanoseconds(engine.text, text) / 1e9, name) for name, text in adversarial(characters))


def adversarial(characters: int) -> list[tuple[str, str]]:
    """Texts built to be slow, each with its name."""
    repeated = [(repr(unit), unit * (characters // len(unit))) for unit in _UNITS]
    dice = Dice("worst")
    drawn = [("random letters and digits", dice.some(ALNUM, characters)), ("random digits", dice.digits(characters))]
    groups = {
        (size, mark): [dice.digits(size) for _ in range(characters // (size + 1))]
        for size in (3, 4, 8)
        for mark in " .\n"
    }
    apart = [(f"random groups of {size}, {mark!r}", mark.join(some)) for (size, mark), some in groups.items()]
    keys = [("random keys", "=\n".join(dice.some(ALNUM, 32) for _ in range(characters // 34)))]
    named = [("random secrets", " ".join("secret is " + dice.some(ALNUM, 12) for _ in range(characters // 23)))]
    behind = [(f"x@ and {name}", f"x@{text}!") for name, text in repeated[:20]]
    return [*repeated, *behind, *drawn, *apart, *keys, *named]


def _nanoseconds(call: Callable[[T], object], argument: T) -> int:
    started = process_time_ns()
    call(argument)
    return process_time_ns() - started
