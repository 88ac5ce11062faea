"""The stream's embedder: the mean of static word-piece vectors (WordLlama's, MIT licence).

Only the vectors and the tokenizer in wordllama's package are read. The package itself is not imported: it
would configure the root logger, and its loader goes to the network when a file is not where it looks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from headrace.embedding.files import package_file

WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
MAX_CHARACTERS = 2_000
"""Of a text that count, about 500 tokens: this tokenizer's time grows faster than a text's length."""
TEXTS_AT_ONCE = 2_048
"""Bounds the gathered token vectors: at 500 tokens each, 1 GB; at the usual 15, 30 MB."""


class StaticEmbedder:
    """Mean of the token vectors, scaled to length 1."""

    name = "static-l2-supercat-256"

    def __init__(self, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
        self._tokenizer = tokenizer
        self._table = table
        self.dimensions: int = table.shape[1]

    @classmethod
    def load(cls) -> StaticEmbedder:
        """Reads 16 MB from the package wordllama; raises ModuleNotFoundError without it."""
        tokenizer = Tokenizer.from_file(str(package_file("wordllama", TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        table = load_file(package_file("wordllama", WEIGHTS))["embedding.weight"]
        return cls(tokenizer, table.astype(np.float32))

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            self._embed(texts[start : start + TEXTS_AT_ONCE], vectors[start : start + TEXTS_AT_ONCE])
        return vectors

    def _embed(self, texts: Sequence[str], into: NDArray[np.float32]) -> None:
        encodings = self._tokenizer.encode_batch_fast([text[:MAX_CHARACTERS] for text in texts], False, False)
        pieces = [encoding.ids for encoding in encodings]
        lengths = np.array([len(ids) for ids in pieces])
        spoken = lengths > 0
        if not spoken.any():
            return
        ids = np.fromiter((token for ids in pieces for token in ids), np.int64, lengths.sum())
        starts = np.concatenate(([0], np.cumsum(lengths[spoken])[:-1]))
        sums = np.add.reduceat(self._table[ids], starts, axis=0)
        into[spoken] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
