"""The `headrace` command: its own commands, and those that each room adds by entry points."""

from __future__ import annotations

import sys
from typing import NoReturn

from headrace.errors import ConfigError, HeadraceError

INSTALL_HINT = "pip install 'headrace[services]'"


def main() -> None:
    """Runs the command line. Errors of ours are one line on stderr; status 1, or 2 for settings."""
    try:
        from confluent_kafka import KafkaException

        from headrace.commands.root import app
    except ModuleNotFoundError as error:
        _missing(error)
    try:
        app()
    except HeadraceError as error:
        _end(str(error), 2 if isinstance(error, ConfigError) else 1)
    except KafkaException as error:
        _end(f"Kafka refused: {error.args[0].str()}", 1)
    except ModuleNotFoundError as error:
        _missing(error)


def _missing(error: ModuleNotFoundError) -> NoReturn:
    _end(f"the Python module {error.name!r} is missing; {INSTALL_HINT}", 1)


def _end(message: str, status: int) -> NoReturn:
    print(f"headrace: {message}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
