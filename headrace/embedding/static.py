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
from headrace.embedding.sums import summer

WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
MAX_CHARACTERS = 2_000
"""Of a text that count, about 500 tokens: this tokenizer's time grows faster than a text's length."""
KNOWN_CHARACTERS = 200_000
"""Of words whose tokens are remembered: 30,000 usual ones, which take 5 MB."""
_BLANK = "\u2581"
"""What the tokenizer writes for a blank. Its tokens begin with some or have none: words can be cut apart."""


class StaticEmbedder:
    """Mean of the token vectors, scaled to length 1. Words that were met before are not cut into tokens again."""

    name = "static-l2-supercat-256"

    def __init__(self, tokenizer: Tokenizer, table: NDArray[np.float16]) -> None:
        self._tokenizer = tokenizer
        self._sum_up = summer(table)
        self.dimensions: int = table.shape[1]
        self._known: dict[str, bytes] = {}
        """Token ids of words."""
        self._characters = 0
        """Of all known words."""

    @classmethod
    def load(cls) -> StaticEmbedder:
        """Reads 16 MB from the package wordllama; raises ModuleNotFoundError without it."""
        tokenizer = Tokenizer.from_file(str(package_file("wordllama", TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        table = load_file(package_file("wordllama", WEIGHTS))["embedding.weight"]
        return cls(tokenizer, table)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        sums = self._sum_up(self._tokens(texts))
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        vectors: NDArray[np.float32] = np.divide(sums, lengths, out=sums, where=lengths > 0)
        return vectors

    def _tokens(self, texts: Sequence[str]) -> list[bytes]:
        """The token ids of each text."""
        words = [_words(text[:MAX_CHARACTERS]) for text in texts]
        if self._characters > KNOWN_CHARACTERS:
            self._known, self._characters = {}, 0
        known = self._known
        new = list(dict.fromkeys(word for some in words for word in some if word not in known))
        encodings = self._tokenizer.encode_batch_fast(new, False, False)
        known.update((word, np.array(one.ids, np.int32).tobytes()) for word, one in zip(new, encodings, strict=True))
        self._characters += sum(map(len, new))
        return [b"".join([known[word] for word in some]) for some in words]


def _words(text: str) -> list[str]:
    """The pieces that get the same tokens alone as together."""
    words = text.split(" ")
    return words if "" not in words and "<" not in text and _BLANK not in text else [text]
