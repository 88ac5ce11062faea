"""What commands print for programs."""

from __future__ import annotations

import sys

import msgspec


def print_json(value: object) -> None:
    """One JSON object on one line of stdout."""
    sys.stdout.write(msgspec.json.encode(value, enc_hook=str).decode() + "\n")
    sys.stdout.flush()
