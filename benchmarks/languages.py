"""How often a text's language is guessed right: messages of an installed Django in the languages it is translated to.

Django's translators wrote them, and no word list was chosen by them. Short ones are labels without a function word.

    python benchmarks/languages.py <folder of the installed django package>
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from gettext import GNUTranslations
from pathlib import Path

from consumers.digester.languages import NAMES, guessed

LENGTHS = ((20, 45), (45, 200))
"""Characters: from, below."""
FOLDERS = {"zh": "zh_Hans"}
"""Django's names that are not the code."""
_FILLED_IN = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|<[^>]+>|&\w+;")


def messages(django: Path, language: str) -> list[str]:
    """Each of a language's messages, what is filled in taken out; of English, what is translated."""
    folder = "de" if language == "en" else FOLDERS.get(language, language)
    found: set[str] = set()
    for file in django.glob(f"**/locale/{folder}/LC_MESSAGES/django.mo"):
        with file.open("rb") as content:
            catalogue = GNUTranslations(content)._catalog  # type: ignore[attr-defined]
        for original, translated in catalogue.items():
            text = original if language == "en" else translated
            if isinstance(text, str) and "\n" not in text:
                found.add(_FILLED_IN.sub("X", text))
    return sorted(found)


def main(django: Path) -> None:
    for least, below in LENGTHS:
        print(f"{least} to {below - 1} characters: texts, share right, share und, most taken for")
        for language in NAMES[:-1]:
            texts = [text for text in messages(django, language) if least <= len(text) < below]
            counts = Counter(guessed(texts))
            wrong = ((name, count) for name, count in counts.most_common() if name not in (language, "und"))
            name, count = next(wrong, ("", 0))
            shares = (counts[language] / len(texts), counts["und"] / len(texts), count / len(texts))
            print(f"  {language}  {len(texts):4}  {shares[0]:.2f}  {shares[1]:.2f}  {name} {shares[2]:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
