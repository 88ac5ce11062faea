"""All makers of the fresh halves."""

from __future__ import annotations

from headrace.privacy.corpus.fresh.halves import dealt
from headrace.privacy.corpus.fresh.networks import NETWORKS
from headrace.privacy.corpus.fresh.papers import PAPERS
from headrace.privacy.corpus.fresh.payments import PAYMENTS
from headrace.privacy.corpus.fresh.people import PEOPLE
from headrace.privacy.corpus.fresh.recipe import Recipe
from headrace.privacy.corpus.fresh.tokens import TOKENS
from headrace.privacy.corpus.values.maker import Maker


def _makers(kind: str, recipes: tuple[Recipe, ...]) -> tuple[Maker, ...]:
    return tuple(
        Maker(kind, f"fresh_{one.name}", split, one.words, one.make, one.needs_word) for split, one in dealt(recipes)
    )


FRESH: tuple[Maker, ...] = tuple(
    maker
    for kinds in (PEOPLE, PAYMENTS, NETWORKS, PAPERS, TOKENS)
    for kind, recipes in kinds.items()
    for maker in _makers(kind, recipes)
)
