"""Texts without personal data: hard negatives, and look-alikes of secrets."""

from headrace.privacy.corpus.fresh.harmless import FRESH_HARMLESS, FRESH_LOOK_ALIKES
from headrace.privacy.corpus.harmless.held_out import HARMLESS_HELD_OUT, LOOK_ALIKES_HELD_OUT
from headrace.privacy.corpus.harmless.tune import HARMLESS_TUNE, LOOK_ALIKES_TUNE
from headrace.privacy.corpus.sample import Split

HARMLESS: dict[Split, dict[str, tuple[str, ...]]] = {
    "tune": HARMLESS_TUNE,
    "held_out": HARMLESS_HELD_OUT,
    **FRESH_HARMLESS,
}
LOOK_ALIKES: dict[Split, dict[str, tuple[str, ...]]] = {
    "tune": LOOK_ALIKES_TUNE,
    "held_out": LOOK_ALIKES_HELD_OUT,
    **FRESH_LOOK_ALIKES,
}

__all__ = ["HARMLESS", "LOOK_ALIKES"]
