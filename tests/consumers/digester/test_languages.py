"""An interaction's language: what its event says, else a guess that depends on its own question alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.digester import _languages
from consumers.digester.language_words import WORDS
from consumers.digester.languages import MAX_CHARACTERS, NAMES, UNKNOWN, guessed, plain_guesses
from headrace.events import ProductionInteraction
from tests.support.digests import BEGIN, batch, clean_records

QUESTIONS = {
    "en": "Where is my parcel?",
    "de": "Wo ist mein Paket?",
    "fr": "Où est mon colis ?",
    "es": "¿Dónde está mi paquete?",
    "pt": "Onde está o meu pedido?",
    "it": "Dov'è il mio pacco?",
    "nl": "Waar is mijn pakket?",
    "sv": "Var är mitt paket?",
    "pl": "Gdzie jest moja paczka?",
    "tr": "Benim paketim nerede?",
    "vi": "Đơn hàng của tôi ở đâu?",
    "ru": "Где моя посылка?",
    "uk": "Де моя посилка?",
    "ar": "أين طلبي الذي اشتريته؟",
    "fa": "سفارش من کجا است؟",
    "el": "Πού είναι το δέμα μου;",
    "he": "איפה החבילה שלי?",
    "hi": "मेरा पार्सल कहाँ है?",
    "th": "พัสดุของฉันอยู่ที่ไหน",
    "ko": "제 소포는 어디에 있나요?",
    "zh": "我的 iPhone 在哪里？",
    "ja": "私の荷物はどこですか？",
}


SAID = sorted({word for words in WORDS.values() for word in words.split()})


def told(query: str, **metadata: Any) -> list[str]:
    """The language of an interaction, as the digester tells it."""
    event = ProductionInteraction(
        interaction_id="i", timestamp=BEGIN, agent_selected="a", user_query=query, metadata=metadata
    )
    return batch([0], clean_records([event])).interactions.languages


@pytest.mark.parametrize(("language", "question"), QUESTIONS.items())
def test_a_plain_question_tells_its_language_in_small_and_large_letters(language: str, question: str) -> None:
    assert guessed([question, question.upper()]) == [language, language]


@pytest.mark.parametrize("text", ["", "ok", "4711?", "😀", "\ud800", "   "])
def test_what_tells_nothing_is_undetermined(text: str) -> None:
    assert guessed([text]) == [UNKNOWN]


@given(st.lists(st.text() | st.sampled_from([*QUESTIONS.values()])))
def test_each_text_is_guessed_by_itself(texts: list[str]) -> None:
    together = guessed(texts)
    assert together == [guessed([text])[0] for text in texts]
    assert set(together) <= set(NAMES)


@given(st.lists(st.text() | st.sampled_from([*QUESTIONS.values()]) | st.lists(st.sampled_from(SAID)).map(" ".join)))
def test_native_guesses_are_those_of_arrays(texts: list[str]) -> None:
    assert _languages
    assert guessed(texts) == plain_guesses(texts)


@given(st.text())
def test_only_the_beginning_of_a_text_is_read(end: str) -> None:
    begin = (QUESTIONS["de"] + " " * MAX_CHARACTERS)[:MAX_CHARACTERS]
    assert guessed([begin + end]) == ["de"]


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"language": "fr"}, "fr"),
        ({"lang": "pt-BR"}, "pt"),
        ({"locale": "DE_at.UTF-8"}, "de"),
        ({"language": "", "lang": "gsw"}, "gsw"),
        ({"language": "français"}, "en"),
        ({"language": 7, "locale": ["fr"]}, "en"),
        ({"language": {"code": "fr"}}, "en"),
        ({"else": "fr"}, "en"),
    ],
)
def test_what_the_event_says_goes_before_a_guess(metadata: dict[str, Any], language: str) -> None:
    assert told(QUESTIONS["en"], **metadata) == [language]
