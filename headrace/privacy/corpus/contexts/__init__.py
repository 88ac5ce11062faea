"""Where values stand: templates by family."""

from headrace.privacy.corpus.contexts.family import Family, filled
from headrace.privacy.corpus.contexts.held_out import HELD_OUT
from headrace.privacy.corpus.contexts.tune import TUNE
from headrace.privacy.corpus.fresh.contexts import FRESH_FAMILIES

FAMILIES: tuple[Family, ...] = (*TUNE, *HELD_OUT, *FRESH_FAMILIES)

__all__ = ["FAMILIES", "Family", "filled"]
