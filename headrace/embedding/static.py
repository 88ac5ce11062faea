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
TEXTS_AT_ONCE = 32
"""Their gathered token vectors, 500 KB at the usual 15 tokens, stay in the cache."""
KNOWN_CHARACTERS = 200_000
"""Of words whose tokens are remembered: 30,000 usual ones, which take 5 MB."""
_IDS = np.dtype(np.int32)
_BLANK = "\u2581"
"""What the tokenizer writes for a blank. Its tokens begin with some or have none: words can be cut apart."""


class StaticEmbedder:
    """Mean of the token vectors, scaled to length 1. Words that were met before are not cut into tokens again."""

    name = "static-l2-supercat-256"

    def __init__(self, tokenizer: Tokenizer, table: NDArray[np.float16]) -> None:
        self._tokenizer = tokenizer
        self._table = table
        """As it is stored: wider numbers would take 16 MB more, and save a third of the time."""
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
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        pieces = self._tokens(texts)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            self._sum_up(pieces[start : start + TEXTS_AT_ONCE], vectors[start : start + TEXTS_AT_ONCE])
        return vectors

    def _sum_up(self, pieces: Sequence[bytes], into: NDArray[np.float32]) -> None:
        lengths = np.array([len(ids) // _IDS.itemsize for ids in pieces])
        spoken = lengths > 0
        if not spoken.any():
            return
        starts = np.concatenate(([0], np.cumsum(lengths[spoken])[:-1]))
        tokens = self._table.take(np.frombuffer(b"".join(pieces), _IDS), axis=0)
        sums = np.add.reduceat(tokens.astype(np.float32), starts, axis=0)
        into[spoken] = sums / np.linalg.norm(sums, axis=1, keepdims=True)

    def _tokens(self, texts: Sequence[str]) -> list[bytes]:
        """The token ids of each text."""
        words = [_words(text[:MAX_CHARACTERS]) for text in texts]
        if self._characters > KNOWN_CHARACTERS:
            self._known, self._characters = {}, 0
        known = self._known
        new = list(dict.fromkeys(word for some in words for word in some if word not in known))
        encodings = self._tokenizer.encode_batch_fast(new, False, False)
        known.update((word, np.array(one.ids, _IDS).tobytes()) for word, one in zip(new, encodings, strict=True))
        self._characters += sum(map(len, new))
        return [b"".join([known[word] for word in some]) for some in words]


def _words(text: str) -> list[str]:
    """The pieces that get the same tokens alone as together."""
    words = text.split(" ")
    return words if "" not in words and "<" not in text and _BLANK not in text else [text]
