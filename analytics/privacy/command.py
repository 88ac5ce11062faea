"""The command line of privacy: `headrace erase`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics.privacy.erase import Erased
    from analytics.privacy.expiry import LastCopy

app = typer.Typer()

EPILOG = """What Kafka holds expires by itself: the last lines say when. Copies that you made by hand of files that
Headrace exported are yours to remove. Give the same command again if it was interrupted.
"""


@app.command(epilog=EPILOG)
def erase(
    user: Annotated[str, typer.Option(help="The person's id, as agents give it; or a pseudonym of theirs.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as one JSON object.")] = False,
) -> None:
    """Erase a person: from the store and every file, and refuse what comes of them later."""
    from analytics.privacy.erase import erase as run
    from headrace.commands.output import print_json
    from headrace.ids import KeyRing
    from headrace.settings import load

    done = run(load(), user, KeyRing.from_environment())
    print_json(done) if as_json else _print(done)


@app.command(epilog="The lake does it for the store, at its start and after midnight UTC; where none runs, this does.")
def expire(
    as_json: Annotated[bool, typer.Option("--json", help="Print the files as one JSON object.")] = False,
) -> None:
    """Remove what is older than `retention_days` from exports and datasets, and from a store that no lake holds."""
    from analytics.privacy.expiring import expire as run
    from headrace.commands.output import print_json
    from headrace.settings import load

    files = run(load())
    print_json({"files": files}) if as_json else typer.echo(f"{len(files)} files written again or removed")


def _print(done: Erased) -> None:
    typer.echo(f"{done.interactions:,} interactions erased; later ones are refused")
    typer.echo(f"{done.queued} taken from the annotators' queue; {len(done.files)} files written again or removed")
    for path in done.files:
        typer.echo(f"  {path}")
    for version in done.index_versions:
        typer.echo(f"rag_index {version}: removed")
    for model in done.models:
        how = "was" if model.is_certain else "may have been"
        typer.echo(f"{model.model} {model.version} {how} trained on them; without them: {model.retrain}")
    for copy in done.last_copies:
        typer.echo(f"{copy.topic}: {_when(copy)}")
    typer.echo("The windows forget as soon as they run and the digester beside them.")


def _when(copy: LastCopy) -> str:
    if copy.at is None:
        return "no time is set by which a copy goes; `headrace topics list` tells how the topic should be kept"
    when = f"{copy.at:%Y-%m-%d %H:%M} UTC"
    if copy.is_compacted:
        return f"what is replaced is gone by {when}, or with the first record of its partition after that"
    return f"the last copy is gone by {when}"
