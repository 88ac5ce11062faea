"""The canaries: one value of a kind, all of them fixed, known and nobody's, and the event that carries them."""

from __future__ import annotations

from headrace.events import ProductionInteraction, Retrieval

TAG = "canary"
"""Marks each canary event, beside a tenant of their own, so that analysts can leave them out."""
TENANT = "headrace-canary"
AGENT = "canary"

VALUES: dict[str, str] = {
    "email": "canary.7f3a91@headrace.example",
    "phone": "(202) 555-0147",
    "credit_card": "5105-1051-0510-5100",
    "ssn": "219-09-9999",
    "iban": "GB82 WEST 1234 5698 7654 32",
    "ipv4": "203.0.113.77",
    "ipv6": "2001:db8:ca11:9ad3:77:1:8a2e:7334",
    "vendor_key": "AKIAQ4ZC7XN2VJ5RT6WH",
    "url_credentials": "cn-8Qw2Zr5Tk1",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.3Q9zKf7sWn0cTtV5xYb2LhRjM8pGdUeA1oIqZkXwB4s",
}
"""Reserved for examples and tests: RFC 2606 names, RFC 5737 and 3849 addresses, published test numbers."""


def canary() -> ProductionInteraction:
    """An interaction with a canary in every place where a text may stand."""
    value = VALUES
    return ProductionInteraction(
        tenant=TENANT,
        agent_selected=AGENT,
        tags=[TAG],
        user_query=f"Write to {value['email']} or call {value['phone']}, my SSN is {value['ssn']}.",
        response=f"Card {value['credit_card']} and account IBAN {value['iban']} are on file.",
        error=f"connection from {value['ipv4']} to postgres://app:{value['url_credentials']}@db/main refused",
        retrieval=Retrieval(ids=[f"mailbox of {value['email']}"], scores=[1.0], texts=[f"key {value['vendor_key']}"]),
        metadata={
            f"note for {value['email']}": [{"trace": [f"peer {value['ipv6']} up"], "who": {"phone": value["phone"]}}],
            "authorization": f"Bearer {value['jwt']}",
        },
    )


def sighted(text: bytes) -> list[str]:
    """The kinds of the canaries that stand in these bytes.

    >>> sighted(b"to canary.7f3a91@headrace.example"), sighted(b"to [EMAIL]")
    (['email'], [])
    """
    return [kind for kind, value in _ENCODED.items() if value in text]


_ENCODED = {kind: value.encode() for kind, value in VALUES.items()}
