"""`headrace init`: settings with a comment on each, and an id key."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from headrace.errors import ConfigError
from headrace.ids import ID_KEY_FILE_VARIABLE, new_key
from headrace.settings import DEFAULT_FILE
from headrace.settings_file import commented_yaml

KEY_FILE = Path("headrace.key")

app = typer.Typer()


@app.command(
    epilog="The key turns user and session ids into pseudonyms. Whoever has it can recognise a user; "
    "without it no user can be found again to be erased. Keep it out of version control."
)
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write headrace.yaml and headrace.key.")] = Path(),
) -> None:
    """Write a commented headrace.yaml and a new id key; overwrites nothing."""
    settings, key = folder / DEFAULT_FILE, folder / KEY_FILE
    for path in (settings, key):
        if path.exists():
            raise ConfigError(f"{path} is there already; move it away first, or choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    settings.write_text(commented_yaml())
    _write_secret(key, new_key())
    typer.echo(
        f"wrote {settings} (every setting with its default) and {key} (readable by you alone)\n"
        "next:\n"
        f"  export {ID_KEY_FILE_VARIABLE}={key.absolute()}\n"
        "  headrace broker start && headrace topics create && headrace up"
    )


def _write_secret(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secret}\n")
