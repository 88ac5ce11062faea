"""The `kafka:` settings for Faust: librdkafka's names of TLS and SASL in aiokafka's terms."""

from __future__ import annotations

import ssl
from typing import Any

import faust
from faust.types.auth import CredentialsT

from headrace.errors import ConfigError
from headrace.kafka import connection
from headrace.settings import Kafka

MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


def brokers(kafka: Kafka) -> list[str]:
    """Where Faust finds the cluster."""
    return [f"kafka://{address.strip()}" for address in str(connection(kafka)["bootstrap.servers"]).split(",")]


def credentials(kafka: Kafka) -> CredentialsT | None:
    """How Faust proves who it is; None on a cluster that does not ask. Raises ConfigError for what Faust cannot."""
    properties = connection(kafka)
    protocol = str(properties.get("security.protocol", "plaintext")).lower()
    context = _tls(properties) if protocol.endswith("ssl") else None
    if protocol.startswith("sasl"):
        mechanism = str(properties.get("sasl.mechanism", properties.get("sasl.mechanisms", "PLAIN"))).upper()
        if mechanism not in MECHANISMS:
            raise ConfigError(f"kafka.properties: windows cannot use SASL {mechanism}; it can {', '.join(MECHANISMS)}")
        return faust.SASLCredentials(
            username=properties.get("sasl.username"),
            password=properties.get("sasl.password"),
            ssl_context=context,
            mechanism=mechanism,
        )
    return faust.SSLCredentials(context) if context is not None else None


def _tls(properties: dict[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=properties.get("ssl.ca.location"))
    if certificate := properties.get("ssl.certificate.location"):
        context.load_cert_chain(certificate, properties.get("ssl.key.location"), properties.get("ssl.key.password"))
    if str(properties.get("ssl.endpoint.identification.algorithm", "https")) == "none":
        context.check_hostname = False
    return context
