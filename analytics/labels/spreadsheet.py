"""CSV with a header: one line for each answer, or for each task that has none yet."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from analytics.labels.task import Labelled, Question, Task
from headrace.errors import ConfigError

COLUMNS = (
    "interaction_id", "user_query", "response", "agent_selected", "reason",
    "name", "value", "annotator", "comment", "timestamp",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with: spreadsheets would run it."""


def write(tasks: Sequence[Task], question: Question, labelled: Sequence[Labelled] = ()) -> bytes:
    """Lines to fill in: `value`, `annotator`, and `comment` where there is something to say."""
    answers = defaultdict(list)
    for one in labelled:
        answers[one.interaction_id].append(one)
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n", quoting=csv.QUOTE_ALL)  # a lone \r is not quoted else
    writer.writerow(COLUMNS)
    for task in tasks:
        shown = [task.interaction_id, *map(_shown, (task.user_query, task.response, task.agent_selected, task.reason))]
        for one in answers[task.interaction_id]:
            writer.writerow([*shown, one.name, *map(_shown, _cells(one)), one.timestamp.isoformat()])
        if not answers[task.interaction_id]:
            writer.writerow([*shown, question.name, "", "", "", ""])
    return sheet.getvalue().encode("utf-8-sig")


def setup(_question: Question) -> None:
    """A sheet needs nothing beside it."""


def read(content: bytes) -> list[Labelled]:
    """The answers in a sheet that came back; lines without a value have none. Raises ConfigError."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise ConfigError("not a CSV file in UTF-8") from None
    if rows and not {"interaction_id", "value", "annotator"} <= set(rows[0]):
        raise ConfigError(f"the CSV file needs the columns interaction_id, value and annotator; ours: {COLUMNS}")
    return [_labelled(row) for row in rows if row["value"]]


def _cells(one: Labelled) -> tuple[str, str, str]:
    return one.value, one.annotator, one.comment or ""


def _labelled(row: dict[str, str]) -> Labelled:
    written = row.get("timestamp")
    try:
        timestamp = datetime.fromisoformat(written) if written else datetime.now(UTC)
    except ValueError:
        raise ConfigError(f"line of interaction {row['interaction_id'][:36]}: the timestamp is no ISO time") from None
    return Labelled(
        interaction_id=row["interaction_id"],
        annotator=_said(row["annotator"]) or "unknown",
        name=row.get("name") or "agent",
        value=_said(row["value"]),
        comment=_said(row.get("comment") or "") or None,
        timestamp=timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC),
    )


def _shown(text: str) -> str:
    """A cell that no spreadsheet runs; one that begins with the mark gets another, so that nothing is lost."""
    return f"'{text}" if text.startswith((*FORMULA, "'")) else text


def _said(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell
