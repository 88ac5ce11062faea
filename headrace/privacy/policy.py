"""The `privacy:` settings at work: which kinds, which additions, which placeholders, for each tenant."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec

from headrace.errors import ConfigError
from headrace.ids import KeyRing
from headrace.privacy.event import E, sanitize_events
from headrace.privacy.names import Find, finder
from headrace.privacy.own import Own
from headrace.privacy.pseudonym import FORGED, Pseudonyms
from headrace.privacy.sanitizer import VERSION, Sanitizer
from headrace.privacy.table import RULES
from headrace.settings import Privacy, TenantPrivacy

CACHED_TENANTS = 256
"""Tenants whose pseudonyms are remembered; one more only has to make its own again."""
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NO_ADDITIONS = TenantPrivacy()
_DEFAULTS = Privacy()

V = TypeVar("V")


class Sanitizers:
    """A sanitizer for each tenant.

    >>> sanitizers = Sanitizers(Privacy(kinds={"email": False}, tenants={"acme": TenantPrivacy(kinds={"email": True})}))
    >>> sanitizers(None).text("ada@example.org"), sanitizers("acme").text("ada@example.org")
    ('ada@example.org', '[EMAIL]')
    """

    def __init__(self, privacy: Privacy = _DEFAULTS, ring: KeyRing | None = None, names: Find | None = None) -> None:
        """Raises ConfigError for a kind that no rule has, a pattern that is not linear, an engine that is missing, or
        pseudonyms without a key."""
        if privacy.placeholders == "pseudonyms" and ring is None:
            raise ConfigError("continual_learning.privacy.placeholders: pseudonyms need an id key; see `headrace init`")
        self._privacy, self._ring = privacy, ring
        self._names = names or finder(privacy.ner)
        self._by_tenant = {tenant: self._made(tenant) for tenant in privacy.tenants}
        self._general = self._made(None)
        self._of = lru_cache(CACHED_TENANTS)(self._keyed)
        self.version = VERSION
        self.policy_hash = _policy_hash(privacy, self._general.policy_hash)
        """Changes with the rules and with the settings of any tenant: 16 hexadecimal digits."""

    def __call__(self, tenant: str | None) -> Sanitizer:
        return self._of(tenant) if self.differ else self._general

    @property
    def differ(self) -> bool:
        """Whether tenants have sanitizers of their own."""
        return bool(self._by_tenant) or self._privacy.placeholders == "pseudonyms"

    @property
    def for_all(self) -> Sanitizer | None:
        """The sanitizer whose findings are those of every tenant; None where a tenant has settings of its own."""
        return None if self._by_tenant else self._general

    def _keyed(self, tenant: str | None) -> Sanitizer:
        sanitizer = self._by_tenant.get(tenant or "", self._general)
        if self._privacy.placeholders == "flat" or self._ring is None:
            return sanitizer
        return sanitizer.writing(Pseudonyms(self._ring, tenant))

    def _made(self, tenant: str | None) -> Sanitizer:
        additions = self._additions(tenant)
        _refuse_unknown_kinds(additions)
        rules = tuple(rule for rule in RULES if additions.kinds.get(rule.kind, True))
        forged = (FORGED,) if self._privacy.placeholders == "pseudonyms" else ()
        own = Own.of(additions.patterns, additions.deny, additions.allow, self._names)
        return Sanitizer((*forged, *rules), own=own)

    def _additions(self, tenant: str | None) -> TenantPrivacy:
        """The settings for all, with the tenant's own over them."""
        general, own = self._privacy, self._privacy.tenants.get(tenant or "", _NO_ADDITIONS)
        return TenantPrivacy(
            kinds={**general.kinds, **own.kinds},
            allow=[*general.allow, *own.allow],
            deny=_joined(general.deny, own.deny),
            patterns={**general.patterns, **own.patterns},
        )


def sanitize_all(events: Sequence[E], sanitizers: Sanitizers) -> list[tuple[E, dict[str, int]] | Exception]:
    """As `sanitize_events`, each event with its tenant's sanitizer."""
    if not sanitizers.differ:
        return sanitize_events(events, sanitizers(None))
    places: dict[str | None, list[int]] = defaultdict(list)
    for place, event in enumerate(events):
        places[event.tenant].append(place)
    outcomes: dict[int, tuple[E, dict[str, int]] | Exception] = {}
    for tenant, own in places.items():
        outcomes |= zip(own, sanitize_events([events[place] for place in own], sanitizers(tenant)), strict=True)
    return [outcomes[place] for place in range(len(events))]


def _joined(first: Mapping[str, Sequence[V]], second: Mapping[str, Sequence[V]]) -> dict[str, list[V]]:
    return {kind: [*first.get(kind, ()), *second.get(kind, ())] for kind in {**first, **second}}


def _refuse_unknown_kinds(additions: TenantPrivacy) -> None:
    known = {rule.kind for rule in RULES}
    for kind in additions.kinds:
        if kind not in known | additions.deny.keys() | additions.patterns.keys():
            raise ConfigError(f"privacy.kinds.{kind}: no rule finds such a kind; there are: {', '.join(sorted(known))}")
    for kind in (*additions.deny, *additions.patterns):
        if not _KIND.fullmatch(kind):
            raise ConfigError(f"privacy: a kind is small letters, digits and underscores, 40 at most, not {kind!r}")


def _policy_hash(privacy: Privacy, rules: str) -> str:
    settings = msgspec.json.encode(privacy, order="deterministic")
    return hashlib.sha256(rules.encode() + b"\0" + settings).hexdigest()[:16]
