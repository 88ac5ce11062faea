from collections.abc import Callable, Sequence
from typing import Any

class Scanner:
    def __init__(self, tables: tuple[bytes, ...], alphabet: int, most_tries: int, /) -> None: ...
    def scan(self, text: str, /) -> tuple[list[tuple[int, tuple[int, ...]]] | None, int]: ...

class Lane:
    def __init__(
        self,
        fields: tuple[Any, ...],
        scanner: Scanner,
        are_names: Callable[[str | None, str | None, str | None], bool],
        envelope: tuple[Any, ...] | None,
        /,
    ) -> None: ...
    def outcomes(self, records: Sequence[Any], /) -> list[Any]: ...
    def is_harmless(self, event: bytes, /) -> bool: ...
