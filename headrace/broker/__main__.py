"""`python -m headrace.broker`: checks Java and fetches Kafka's jars, so that a first start is quick."""

from __future__ import annotations

import sys

from headrace.broker.jars import ensure_jars, java
from headrace.errors import BrokerFailed

if __name__ == "__main__":
    try:
        java()
        ensure_jars()
    except BrokerFailed as error:
        sys.exit(f"headrace: {error}")
