"""What a command that takes a while is at, on a line of stderr that goes when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str], None]
"""Says what is done next."""


@contextmanager
def working(first: str, *, shown: bool = True) -> Iterator[Tell]:
    """A spinner with the time that has gone by, beside what is done now; nothing unless `shown`.

    >>> with working("reading", shown=False) as tell:
    ...     tell("writing")
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not shown) as bar:
        task = bar.add_task(first)
        yield lambda words: bar.update(task, description=words)
