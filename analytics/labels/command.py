"""The command line of labels: `headrace label`, and `headrace labels export | import | agreement`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
labels_app = typer.Typer(no_args_is_help=True)
app.add_typer(labels_app, name="labels", help="Labels out to annotators' tools and back, and how far they agree.")

FormatOption = Annotated[str, typer.Option("--format", help="label-studio, argilla or csv.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command(epilog="The answer is an agent's number; s skips, q ends. Each answer is an event like any other.")
def label(
    annotator: Annotated[str, typer.Option(help="Who labels; stored as a pseudonym.", envvar="USER")],
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Label what was selected, one interaction after the other."""
    from analytics.labels import book
    from analytics.labels.terminal import annotate
    from headrace.client import ProductionInteractionLogger
    from headrace.commands.output import print_json
    from headrace.settings import load

    settings = load()
    tasks, question = book.tasks(settings)[:limit], book.question(settings)

    def ask(prompt: str) -> str:
        return str(typer.prompt(prompt, default="", show_default=False, err=as_json))

    with ProductionInteractionLogger(settings) as logger:
        for answer in annotate(tasks, question, annotator, ask, lambda text: typer.echo(text, err=as_json)):
            logger.log_label(answer.event())
        result = logger.flush()
    print_json(result) if as_json else typer.echo(f"{result.delivered} of {len(tasks)} labelled")


@labels_app.command("export", epilog="Example: headrace labels export tasks.json --format label-studio")
def export_tasks(
    to: Annotated[Path, typer.Argument(help="File to write; beside it what the tool has to be set up with.")],
    format_: FormatOption = "label-studio",
    with_labelled: Annotated[bool, typer.Option("--all", help="Also what has labels, with its labels.")] = False,
) -> None:
    """Write what was selected as tasks for an annotators' tool."""
    from analytics.labels import book
    from analytics.privacy.copies import write_copy
    from headrace.settings import load

    settings = load()
    form, question = book.format_named(format_), book.question(settings)
    tasks = book.tasks(settings, with_labelled=with_labelled)
    write_copy(settings, to, form.write(tasks, question, book.labelled(settings) if with_labelled else ()))
    if (setup := form.setup(question)) is not None:
        suffix, content = setup
        to.with_suffix(suffix).write_bytes(content)
    typer.echo(f"{len(tasks)} tasks in {to}")


@labels_app.command("import", epilog="Example: headrace labels import project-1.json --format label-studio")
def import_labels(
    file: Annotated[Path, typer.Argument(help="File that the tool exported.", exists=True, dir_okay=False)],
    format_: FormatOption = "label-studio",
    as_json: JsonOption = False,
) -> None:
    """Publish the labels in a file of an annotators' tool; those that were imported before change nothing."""
    from analytics.labels import book
    from headrace.commands.output import print_json
    from headrace.settings import load

    settings, answers = load(), book.format_named(format_).read(file.read_bytes())
    new = book.unknown(answers, book.labelled(settings))
    result = book.send(settings, new)
    if as_json:
        print_json(result)
    else:
        typer.echo(f"{result.delivered} of {len(new)} labels sent; {len(answers) - len(new)} were known")


@labels_app.command()
def agreement(
    adjudicator: Annotated[
        str | None, typer.Option(help="Whose word decides where there is no majority; see settings.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how far annotators agree (Cohen's kappa), and what holds where they do not."""
    from analytics.labels import book
    from analytics.labels.agreement import adjudicated, agreements
    from analytics.labels.printing import print_agreement
    from headrace.commands.output import print_json
    from headrace.settings import load

    settings = load()
    answers = book.labelled(settings)
    pairs, verdicts = agreements(answers), adjudicated(answers, book.adjudicator(settings, adjudicator))
    if as_json:
        print_json({"agreements": pairs, "verdicts": verdicts})
    else:
        print_agreement(pairs, verdicts)
