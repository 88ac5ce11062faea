"""Names and addresses by a language model, for those who ask for it: Presidio or spaCy, loaded only then.

Slow (spaCy's small model reads some thirty interactions a second, the rules tens of thousands) and not exact: it finds
what it has learnt to find. It reads what the rules have left, and its own output may change with its model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Literal

from headrace.errors import ConfigError
from headrace.privacy.rule import Span

Engine = Literal["off", "presidio", "spacy"]
Find = Callable[[str], Iterable[Span]]

SPACY_MODEL = "en_core_web_sm"
_SPACY_KINDS = {"PERSON": "person", "GPE": "location", "LOC": "location", "FAC": "location"}
_PRESIDIO_KINDS = {"PERSON": "person", "LOCATION": "location"}


def finder(engine: Engine) -> Find | None:
    """The engine's finder; None for "off". Raises ConfigError where the package or its model is missing."""
    if engine == "off":
        return None
    try:
        return _LOADERS[engine]()
    except ImportError as error:
        package = "presidio-analyzer" if engine == "presidio" else "spacy"
        raise ConfigError(
            f"continual_learning.privacy.ner: {engine} needs a package that is not installed ({error.name}); "
            f"`pip install {package}`, or set it to off"
        ) from None
    except OSError:
        raise ConfigError(
            f"continual_learning.privacy.ner: {engine} needs the model {SPACY_MODEL}; "
            f"`python -m spacy download {SPACY_MODEL}`, or set it to off"
        ) from None


def _presidio() -> Find:
    analyze = import_module("presidio_analyzer").AnalyzerEngine().analyze

    def find(text: str) -> Iterable[Span]:
        results: list[Any] = analyze(text=text, language="en", entities=list(_PRESIDIO_KINDS))
        return [Span(one.start, one.end, _PRESIDIO_KINDS[one.entity_type], "presidio") for one in results]

    return find


def _spacy() -> Find:
    read = import_module("spacy").load(SPACY_MODEL, disable=["lemmatizer", "tagger", "parser"])

    def find(text: str) -> Iterable[Span]:
        return [
            Span(one.start_char, one.end_char, _SPACY_KINDS[one.label_], "spacy")
            for one in read(text).ents
            if one.label_ in _SPACY_KINDS
        ]

    return find


_LOADERS: dict[str, Callable[[], Find]] = {"presidio": _presidio, "spacy": _spacy}
