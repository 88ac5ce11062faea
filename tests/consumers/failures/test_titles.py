"""What a cluster is called, and what is advised: names kinds of personal data, never whose."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from consumers.failures.finding import Finding
from consumers.failures.report import reports
from consumers.failures.state import TEXT_CHARACTERS, Cluster, ClusterState, Failing, packed
from consumers.failures.titles import key_phrases
from headrace.ids import KeyRing
from headrace.privacy.pseudonym import Pseudonyms

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TOKEN = Pseudonyms(KeyRing([b"tests never hash a real person's"]), "default").write("email", "ada@example.org")


def cluster(texts: list[str]) -> Cluster:
    vector = packed(np.array([0.6, 0.8], np.float32))
    members = [
        Failing(f"id-{n}", NOW, "billing", "1", text, [Finding("error", "", detail="Timeout")], vector)
        for n, text in enumerate(texts)
    ]
    return Cluster(
        cluster_id="fc-1", first_seen=NOW, last_seen=NOW, size=len(texts), flags={"low_rating": len(texts)},
        agents={"billing": len(texts)}, exemplars=members,
    )  # fmt: skip


@pytest.mark.parametrize("cut", range(0, len(TOKEN) + 1, 3))
def test_no_pseudonym_is_in_a_title_or_a_suggestion_also_where_a_text_was_cut(cut: int) -> None:
    lead = "forward the refund to "
    filler = "so " * ((TEXT_CHARACTERS - len(lead) - cut) // 3)
    texts = [(filler + lead + TOKEN)[: len(filler + lead) + cut] for _ in range(6)]
    (report,) = reports(ClusterState(clusters=[cluster(texts)]))
    said = " ".join([report.title, *report.suggestions]).casefold()
    assert "refund" in said
    secret = TOKEN.casefold().strip("[]").partition("_")[2]
    assert not any(piece and piece in said for piece in secret.split("_"))
    assert "email_" not in said


def test_a_quoted_phrase_is_named_without_its_quotes() -> None:
    texts = ["What is the 'climate contribution' over £3?", "Who decided on the 'climate contribution'?"]
    assert key_phrases(texts, ["Where is my parcel?"])[0] == "climate contribution"
