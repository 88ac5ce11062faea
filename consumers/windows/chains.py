"""What each closed window left for the next one, in pieces that fit a message of the table's changelog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CHAIN = "chain"
"""The kind of these entries in the table."""
CHAIN_PIECE = 512 * 1024
"""A table's entry is one message of its changelog, and those are 1 MiB at most."""

GENERATION = 10_000
"""Pieces are numbered from a multiple of this: what replaces them has another, so that neither is ever half."""


class Chains:
    """By tenant and start of the window; each change is written by `write` and `drop`."""

    def __init__(self, write: Callable[[tuple[Any, ...], bytes], Any], drop: Callable[[tuple[Any, ...]], None]) -> None:
        self._write, self._drop = write, drop
        self._pieces: dict[tuple[str, int], dict[int, bytes]] = {}

    @property
    def tenants(self) -> set[str]:
        return {tenant for tenant, _ in self._pieces}

    def load(self, tenant: str, start_us: int, number: int, piece: bytes) -> None:
        """Takes a piece that the table has."""
        self._pieces.setdefault((tenant, start_us), {})[number] = piece

    def put(self, tenant: str, start_us: int, chain: bytes) -> None:
        """Notes what a window left: first the new pieces, then that the old ones go."""
        old = self._pieces.get((tenant, start_us), {})
        first = (max(old, default=-1) // GENERATION + 1) * GENERATION
        pieces = {
            first + at // CHAIN_PIECE: chain[at : at + CHAIN_PIECE] for at in range(0, len(chain) + 1, CHAIN_PIECE)
        }
        for number, piece in pieces.items():
            self._write((CHAIN, tenant, start_us, number), piece)
        for number in old:
            self._drop((CHAIN, tenant, start_us, number))
        self._pieces[tenant, start_us] = pieces

    def before(self, tenant: str, start_us: int) -> bytes:
        """What the window before this one left for it; nothing where it is the first that is kept."""
        starts = (start for name, start in self._pieces if name == tenant and start < start_us)
        before = max(starts, default=None)
        return b"" if before is None else self._whole(tenant, before)

    def rewrite(self, rewritten: Callable[[bytes], bytes]) -> None:
        """Replaces every chain by what the function makes of it."""
        for tenant, start_us in list(self._pieces):
            known = self._whole(tenant, start_us)
            if (new := rewritten(known)) != known:
                self.put(tenant, start_us, new)

    def forget(self, before_us: int) -> None:
        """Drops what windows that start before that left for the next, but for the last one's of each tenant."""
        for tenant in self.tenants:
            old = sorted(start for name, start in self._pieces if name == tenant and start < before_us)
            for start_us in old[:-1]:
                for number in self._pieces.pop((tenant, start_us)):
                    self._drop((CHAIN, tenant, start_us, number))

    def _whole(self, tenant: str, start_us: int) -> bytes:
        """The newest that is complete: who died in between left two."""
        pieces = self._pieces[tenant, start_us]
        generations = sorted({number // GENERATION for number in pieces}, reverse=True)
        parts = [[pieces[n] for n in sorted(pieces) if n // GENERATION == g] for g in generations]
        return b"".join(next((own for own in parts if _is_complete(own)), parts[-1]))


def _is_complete(pieces: list[bytes]) -> bool:
    """Only the last piece is shorter, be it empty; pieces are written in their order."""
    return len(pieces[-1]) < CHAIN_PIECE
