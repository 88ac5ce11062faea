"""One redactor, asked about texts: run by `redaction_peers.py` in the peers' own environment.

Reads a JSON list of texts on stdin; prints `{"spans": [[[start, end], …], …], "seconds": s}`: what it found in each, in
characters, and the processor time that took.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

Spans = list[tuple[int, int]]
Find = Callable[[str], Spans]


def presidio() -> Find:
    """All recognisers by pattern for English, at threshold 0; no language model."""
    from presidio_analyzer import RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpArtifacts

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    recognizers = [one for one in registry.recognizers if "Spacy" not in one.name and "Nlp" not in one.name]
    nothing = NlpArtifacts(entities=[], tokens=[], tokens_indices=[], lemmas=[], nlp_engine=None, language="en")

    def find(text: str) -> Spans:
        found = [one.analyze(text, one.supported_entities, nothing) or [] for one in recognizers]
        return [(result.start, result.end) for results in found for result in results]

    return find


def scrubadub() -> Find:
    import scrubadub as library

    scrubber = library.Scrubber()
    return lambda text: [(filth.beg, filth.end) for filth in scrubber.iter_filth(text)]


def datafog() -> Find:
    from datafog.processing.text_processing.regex_annotator import RegexAnnotator

    annotator = RegexAnnotator()

    def find(text: str) -> Spans:
        values = {value for found in annotator.annotate(text).values() for value in found if value.strip()}
        return [match.span() for value in values for match in re.finditer(re.escape(value), text)]

    return find


def detect_secrets() -> Find:
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    file = Path(tempfile.mkdtemp()) / "text"

    def find(text: str) -> Spans:
        file.write_text(text)
        with default_settings():
            values = {secret.secret_value for secret in scan_file(str(file)) if secret.secret_value}
        return [match.span() for value in values for match in re.finditer(re.escape(value), text)]

    return find


PEERS: dict[str, Callable[[], Find]] = {
    "presidio": presidio,
    "scrubadub": scrubadub,
    "datafog": datafog,
    "detect_secrets": detect_secrets,
}

if __name__ == "__main__":
    texts = json.load(sys.stdin)
    find = PEERS[sys.argv[1]]()
    find(texts[0])
    started = time.process_time()
    spans = [find(text) for text in texts]
    print(json.dumps({"spans": spans, "seconds": time.process_time() - started}))
