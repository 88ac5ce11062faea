"""Which kinds belong together, and what each measure has to reach."""

from __future__ import annotations

from typing import NamedTuple

CLASSIC = ("email", "phone_international", "phone_us", "ssn", "credit_card", "ipv4", "ipv6", "iban")
CORE = (*CLASSIC, "url_credentials", "jwt", "private_key", "crypto")
CONTEXT = ("passport", "driving_licence", "national_id")


class Target(NamedTuple):
    name: str
    reach: float
    at_least: bool
    """Whether more is better."""
    best_peer: str
    """The best figure of the tools that were measured on a labelled set of somebody else's."""

    def reached(self, value: float) -> bool:
        return value >= self.reach if self.at_least else value <= self.reach


TARGETS: dict[str, Target] = {
    "classic": Target("recall, the classic 8 kinds", 0.99, True, ".987"),
    "core": Target("recall, 12 checkable kinds", 0.985, True, ".905"),
    "mean_of_kinds": Target("recall, mean of all kinds", 0.98, True, ".851"),
    "context": Target("ids that need context", 0.85, True, ".776"),
    "secret": Target("secrets", 0.90, True, ".836"),
    "vendor_key": Target("bare vendor keys in prose", 0.92, True, ".88"),
    "disguised": Target("disguised values found", 0.85, True, ".624"),
    "look_alikes_altered": Target("secret look-alikes altered", 0.10, False, "17.9 %"),
    "harmless_altered": Target("hard negatives altered", 0.015, False, "2.4 %"),
    "tokens_lost": Target("harmless tokens lost", 0.005, False, "0.1-0.8 %"),
}
SPEED_TARGETS: dict[str, float] = {"python": 15.0, "accelerated": 60.0}
"""MB/s on one core, interactions of 1.1 KB."""
P99_TARGET_US = 500.0
WORST_TARGET_S = 0.1
