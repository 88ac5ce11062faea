from typing import Any

class Guesser:
    def __init__(
        self,
        tables: tuple[Any, ...],
        names: int,
        latin_han_kana: tuple[int, int, int],
        last_plain_letter: int,
        most_characters: int,
        /,
    ) -> None: ...
    def guess(self, texts: list[str], /) -> bytes: ...
