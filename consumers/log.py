"""One line an event on stderr: counts, codes and places, never a record's text."""

from __future__ import annotations

import sys

import structlog


def configure_log() -> None:
    """Sends structlog's lines to stderr as `key=value`."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
