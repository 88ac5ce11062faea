"""The sanitizer's commands: `headrace sanitize`, `headrace rejected show|replay`, `headrace skip-gap`."""

from __future__ import annotations

import sys
from io import BufferedIOBase
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from headrace.errors import ConfigError, Reason
from headrace.settings import Settings, load

if TYPE_CHECKING:
    from headrace.events import Rejected
    from headrace.privacy import Sanitizer

app = typer.Typer()
rejected = typer.Typer(no_args_is_help=True)
app.add_typer(rejected, name="rejected", help="Look at rejected records, and take them again.")

PAYLOAD_CHARACTERS = 400

EvaluatedSplit = Literal["tune", "held_out", "fresh_tune", "fresh_held_out", "all"]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
ReasonOption = Annotated[str | None, typer.Option(help=f"Only one of: {', '.join(Reason)}.")]


@app.command(epilog='Example: `echo "mail ada@example.org" | headrace sanitize` prints `mail [EMAIL]`.')
def sanitize(
    tenant: Annotated[str | None, typer.Option(help="With this tenant's own settings.")] = None,
    summary: Annotated[bool, typer.Option("--summary", help="Count what was found on stderr at the end.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show each finding with its rule instead.")] = False,
    show_values: Annotated[bool, typer.Option("--show-values", help="With --explain: the values too.")] = False,
    evaluate: Annotated[bool, typer.Option("--evaluate", help="Measure the rules on the made-up corpus.")] = False,
    split: Annotated[EvaluatedSplit, typer.Option(help="With --evaluate: which half of the corpus.")] = "held_out",
    seed: Annotated[int, typer.Option(help="With --evaluate: another corpus.")] = 1,
    size: Annotated[int, typer.Option(min=1, help="With --evaluate: texts of each kind.")] = 100,
    cost: Annotated[bool, typer.Option(help="With --evaluate: speed and the worst text, too.")] = True,
    misses: Annotated[bool, typer.Option("--misses", help="With --evaluate: what was missed, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replace personal data in the lines of stdin: one line in, one line out."""
    if evaluate:
        _evaluate(split, seed, size, cost, misses, as_json)
    elif explain:
        _explain(tenant, show_values, as_json)
    else:
        _sanitize(tenant, summary)


def _sanitize(tenant: str | None, summary: bool) -> None:
    from consumers.sanitizer.lines import sanitize_lines

    source, target = cast(BufferedIOBase, sys.stdin.buffer), cast(BufferedIOBase, sys.stdout.buffer)
    findings = sanitize_lines(source, target, _sanitizer(tenant))
    if summary:
        counted = ", ".join(f"{kind} {number}" for kind, number in findings.most_common())
        typer.echo(counted or "nothing found", err=True)


def _explain(tenant: str | None, show_values: bool, as_json: bool) -> None:
    from consumers.sanitizer.explain import explained, told

    for finding in explained(sys.stdin.buffer, _sanitizer(tenant), show_values):
        typer.echo(told(finding, as_json))


def _sanitizer(tenant: str | None) -> Sanitizer:
    """The rules under the settings' own policy."""
    from headrace.ids import KeyRing
    from headrace.privacy.policy import Sanitizers

    privacy = load().continual_learning.privacy
    ring = KeyRing.from_environment() if privacy.placeholders == "pseudonyms" else None
    return Sanitizers(privacy, ring)(tenant)


def _evaluate(split: EvaluatedSplit, seed: int, size: int, cost: bool, misses: bool, as_json: bool) -> None:
    from rich.console import Console

    from consumers.sanitizer import evaluation

    measured = evaluation.evaluate(seed, size, None if split == "all" else split, cost)
    if as_json:
        typer.echo(evaluation.as_line(measured))
    else:
        evaluation.print_tables(measured, Console())
    if misses:
        for line in evaluation.misses(measured.quality):
            typer.echo(line, err=as_json)


@rejected.command(epilog="Without --payload nothing of an event's text is shown, because none is kept.")
def show(
    reason: ReasonOption = None,
    limit: Annotated[int, typer.Option(min=1, help="The latest so many.")] = 20,
    payload: Annotated[
        bool, typer.Option("--payload", help="Show the raw record too: unsanitized, and your reading is noted.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List rejected records: when, why, at which field, and where they stand on raw."""
    from consumers.sanitizer.rejections import rejections

    settings = load()
    found = rejections(settings, _known(reason))
    shown = found[-limit:]
    payloads = _payloads(settings, shown) if payload else {}
    for rejection in shown:
        _print(rejection, payloads.get((rejection.raw_partition, rejection.raw_offset)), as_json)
    if not as_json:
        typer.echo(f"{len(shown)} of {len(found)} rejected records", err=True)


@rejected.command(epilog="The ledger shows an event as superseded once its second try is stored.")
def replay(
    reason: ReasonOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: AsJson = False,
) -> None:
    """Publish rejected records to raw again, as they were: after a rule or a setting was mended.

    Records that ended the sanitizer's process are left out unless asked for with `--reason crash`.
    """
    from consumers.sanitizer.rejections import rejections
    from consumers.sanitizer.rejections import replay as publish

    settings = load()
    wanted = _known(reason)
    chosen = [one for one in rejections(settings, wanted) if wanted or one.reason is not Reason.CRASH]
    published, expired = (0, 0) if dry_run else publish(settings, chosen)
    result = {"rejected": len(chosen), "published": published, "expired": expired}
    _say(result, as_json)


@app.command("skip-gap", epilog="Stop the service first: its position can be set only while it does not read.")
def skip_gap(
    place: Annotated[str, typer.Argument(help="TOPIC:PARTITION:OFFSET, as the service's error names it.")],
) -> None:
    """Accept that records expired before they were read: the sanitizer (raw) or the lake (others) goes on at OFFSET."""
    from headrace.topics import RAW

    settings = load()
    topic, partition, offset = _place(settings, place)
    if topic == settings.kafka.topic(RAW):
        from consumers.sanitizer.positions import skip_to

        skip_to(settings.kafka, topic, partition, offset)
    else:
        from consumers.lake.store import Store

        with Store(settings) as store:
            store.skip_gap(topic, partition, offset)
    typer.echo(f"{topic}[{partition}]: goes on at {offset}")


def _place(settings: Settings, place: str) -> tuple[str, int, int]:
    from headrace.topics import CLEAN, RAW, REJECTED

    topic, _, rest = place.partition(":")
    partition, _, offset = rest.partition(":")
    names = [settings.kafka.topic(name) for name in (RAW, CLEAN, REJECTED)]
    topic = settings.kafka.topic(topic) if topic in (RAW, CLEAN, REJECTED) else topic
    if topic not in names or not (partition.isdigit() and offset.isdigit()):
        raise ConfigError(f"{place}: expected TOPIC:PARTITION:OFFSET with one of the topics {', '.join(names)}")
    return topic, int(partition), int(offset)


def _known(reason: str | None) -> Reason | None:
    try:
        return Reason(reason) if reason is not None else None
    except ValueError:
        raise ConfigError(f"there is no reason {reason!r}; there are: {', '.join(Reason)}") from None


def _payloads(settings: Settings, shown: list[Rejected]) -> dict[tuple[int, int], str]:
    from consumers.sanitizer.rejections import note_access, raw_records, readable

    noted = note_access(settings.storage, shown)
    typer.echo(f"headrace: unsanitized payloads follow; that you read them is noted in {noted}", err=True)
    return {
        (pointer.raw_partition, pointer.raw_offset): readable(message)
        for pointer, message in raw_records(settings, shown)
    }


def _print(rejection: Rejected, payload: str | None, as_json: bool) -> None:
    from msgspec import to_builtins

    if as_json:
        _say({**to_builtins(rejection), **({} if payload is None else {"payload": payload})}, as_json)
        return
    place = f"{rejection.raw_partition}:{rejection.raw_offset}"
    typer.echo(f"{rejection.appended_at:%Y-%m-%d %H:%M:%S}  {place:<12} {rejection.reason} at {rejection.path}")
    if payload is not None:
        typer.echo(f"    {payload[:PAYLOAD_CHARACTERS]}")


def _say(result: dict[str, Any], as_json: bool) -> None:
    from msgspec import json

    text = json.encode(result).decode() if as_json else ", ".join(f"{name} {value}" for name, value in result.items())
    typer.echo(text)
