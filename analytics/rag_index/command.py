"""The command line of the RAG index: `headrace rag-index`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command("rag-index", epilog='A document is a line {"id": "warranty.md", "text": "…"}; it is sanitized too.')
def rag_index(
    documents: Annotated[Path | None, typer.Option(help="JSON lines: what answers lacked.")] = None,
    embedder: Annotated[str, typer.Option(help="static, sentence, or your own as module:attribute.")] = "default",
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as one JSON object.")] = False,
) -> None:
    """Bring the RAG index up to date: good and corrected answers in, bad and retracted ones out."""
    from analytics.progress import working
    from analytics.rag_index.documents import read
    from analytics.rag_index.refresh import refresh
    from headrace.commands.output import print_json
    from headrace.settings import load

    with working("reading, embedding and measuring", shown=not as_json):
        made = refresh(load(), read(documents) if documents else [], embedder)
    if as_json:
        print_json(made)
        return
    typer.echo(f"{made.entries:,} entries in version {made.version}")
    typer.echo(f"recall@{made.after.k}: {made.before.value:.3f} before, {made.after.value:.3f} now")
    typer.echo("in use" if made.accepted else f"not used: {'; '.join(made.reasons)}")
