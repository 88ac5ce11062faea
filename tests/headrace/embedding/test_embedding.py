"""What users of vectors rely on: the same text has the same vector, alike texts are near, nothing is fetched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.embedding import Embedder, embedder, static
from headrace.errors import ConfigError

TEXTS = [
    "Where is my parcel?",
    "I'd like to cancel my subscription to the monthly box, please, and get the last payment back. " * 6,
    "parcel not here yet, where is it",
    "7",
    "Can I pay in three instalments?",
    "Größe 42 – gibt es die noch?",
    "Please " + "and also " * 400 + "stop",
]
STATIC = static.StaticEmbedder.load()


@pytest.fixture(scope="module", params=["static", pytest.param("sentence", marks=pytest.mark.slow)])
def embed(request: pytest.FixtureRequest) -> Embedder:
    return embedder(request.param)


def test_rows_have_length_one(embed: Embedder) -> None:
    vectors = embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embed.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


@pytest.mark.slow
def test_a_text_has_the_same_vector_whatever_stands_beside_it(embed: Embedder) -> None:
    together = embed(TEXTS)
    alone = np.vstack([embed([text]) for text in TEXTS])
    backwards = embed(TEXTS[::-1])[::-1]
    assert np.array_equal(together, alone)
    assert np.array_equal(together, backwards)


def test_alike_texts_are_nearer_than_others(embed: Embedder) -> None:
    parcel, _, late, _, pay, *_ = embed(TEXTS)
    assert parcel @ late > parcel @ pay + 0.2


@given(
    st.lists(st.sampled_from(["a", "Parcel", " ", " ", "<s>", "</s>", "\u2581", "é", "日", "\n", "5,"])).map("".join)
)
def test_the_stream_s_words_have_the_tokens_that_they_have_in_their_text(text: str) -> None:
    ids = np.frombuffer(STATIC._tokens([text, text])[1], np.int32)
    assert ids.tolist() == STATIC._tokenizer.encode(text, add_special_tokens=False).ids


def test_words_are_remembered_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static, "KNOWN_CHARACTERS", 100)
    embed = static.StaticEmbedder.load()
    for number in range(200):
        embed([f"word{number} {number}"])
    assert sum(map(len, embed._known)) < 120


def test_no_texts_give_no_rows(embed: Embedder) -> None:
    assert embed([]).shape == (0, embed.dimensions)


def test_a_text_without_a_token_is_zero() -> None:
    embed = embedder()
    assert not embed([""]).any()
    assert np.array_equal(embed(["", TEXTS[0]])[1], embed([TEXTS[0]])[0])


@pytest.mark.slow
def test_models_load_without_network_and_leave_logging_alone() -> None:
    script = (
        "import logging, socket\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from headrace.embedding import embedder\n"
        "[embedder(name)(['text']) for name in ('static', 'sentence')]\n"
        "assert not logging.getLogger().handlers\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_a_users_own_embedder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_embedder.py").write_text(
        "import numpy as np\n"
        "class Own:\n"
        "    name, dimensions = 'own', 2\n"
        "    def __call__(self, texts):\n"
        "        return np.tile(np.float32([0.6, 0.8]), (len(texts), 1))\n"
        "class Wide(Own):\n"
        "    dimensions = 3\n"
        "broken = 7\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert embedder("own_embedder:Own").name == "own"
    for name in ("own_embedder:Wide", "own_embedder:broken", "own_embedder:absent", "no_such_module:Own", ":"):
        with pytest.raises(ConfigError, match=name):
            embedder(name)


def test_an_unknown_name_tells_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="default, static, sentence"):
        embedder("statik")


@pytest.mark.parametrize(("name", "package"), [("static", "tokenizers"), ("sentence", "onnxruntime")])
def test_without_the_extra_the_error_says_what_to_install(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("headrace.embedding.static", "headrace.embedding.sentence"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigError, match=r"pip install 'headrace\[learning\]'"):
        embedder(name)
