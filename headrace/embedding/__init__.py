"""Texts to vectors, behind one small interface; every model works offline.

    "static"            mean of 256-dimensional word-piece vectors: for the stream, where speed decides
    "sentence"          all-MiniLM-L6-v2 in int8, 384 dimensions: for batch jobs, where quality decides
    "module:attribute"  your own: a callable without arguments that returns an `Embedder`

The models come with the extra `headrace[learning]`. The same text gets the same vector, bit for bit,
whatever texts stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from headrace.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Embedder", "embedder"]

UNIT_TOLERANCE = 1e-3
"""How far from 1 the length of a plugged embedder's vectors may be: half-precision models round that much."""


class Embedder(Protocol):
    """Something that makes vectors of texts."""

    @property
    def name(self) -> str:
        """Names the model: vectors of two names are never compared."""
        ...

    @property
    def dimensions(self) -> int: ...

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of length 1 for each text; zeros for a text without a single token."""
        ...


def embedder(name: str = "default", threads: int = 1) -> Embedder:
    """The embedder called `name`: "static" (also "default"), "sentence" or "module:attribute".

    Loads the model: keep what is returned. `threads` is for "sentence". Raises ConfigError for an unknown
    name, a missing extra, or a plugged embedder that breaks the contract.

    >>> embed = embedder("static")
    >>> embed.dimensions, embed(["Where is my parcel?", "Reset my password"]).shape
    (256, (2, 256))
    """
    if ":" in name:
        return _plugged(name)
    try:
        if name in ("static", "default"):
            from headrace.embedding.static import StaticEmbedder

            return StaticEmbedder.load()
        if name == "sentence":
            from headrace.embedding.sentence import SentenceEmbedder

            return SentenceEmbedder.load(threads)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"embedder {name!r} needs the package {error.name}; install it with `pip install 'headrace[learning]'`"
        ) from None
    raise ConfigError(f"no embedder {name!r}; there are: default, static, sentence, or your own as module:attribute")


def _plugged(name: str) -> Embedder:
    made: Embedder = _factory(name)()
    try:
        vectors = made(["one text", "and another"])
        lengths = [float(row @ row) for row in vectors]
        sound = vectors.shape == (2, made.dimensions) and all(abs(length - 1) <= UNIT_TOLERANCE for length in lengths)
    except (AttributeError, TypeError) as error:
        raise ConfigError(f"embedder {name}: what it returns is no Embedder: {error}") from error
    if not sound:
        raise ConfigError(f"embedder {name}: has to give one vector of length 1 and `dimensions` numbers for each text")
    return made


def _factory(name: str) -> Callable[[], Embedder]:
    module, _, attribute = name.partition(":")
    try:
        factory = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"embedder {name}: {error}; is its folder on PYTHONPATH?") from None
    if not callable(factory):
        raise ConfigError(f"embedder {name}: has to be a callable without arguments that returns an Embedder")
    found: Callable[[], Embedder] = factory
    return found
