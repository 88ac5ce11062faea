"""Keccak-256 as Ethereum uses it: padded as before FIPS 202, so hashlib's sha3_256 differs."""

from __future__ import annotations

_LANE = (1 << 64) - 1
_RATE_BYTES = 136
"""1088 of the state's 1600 bits take input; the others are the capacity of a 256-bit digest."""


def _round_constants() -> tuple[int, ...]:
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for bit in range(7):
            if register & 1:
                constant |= 1 << ((1 << bit) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


def _rotations() -> tuple[tuple[int, int], ...]:
    """For the 24 lanes beside the first, in the order in which they move: where each goes, and its turn."""
    steps, x, y = [], 1, 0
    for t in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        steps.append((x + 5 * y, (t + 1) * (t + 2) // 2 % 64))
    return tuple(steps)


_CONSTANTS = _round_constants()
_ROTATIONS = _rotations()


def keccak_256(message: bytes) -> bytes:
    """The 32 bytes of the digest.

    >>> keccak_256(b"").hex()[:16]
    'c5d2460186f7233c'
    """
    padded = bytearray(message + b"\1").ljust((len(message) // _RATE_BYTES + 1) * _RATE_BYTES, b"\0")
    padded[-1] |= 0x80
    state = [0] * 25
    for block in range(0, len(padded), _RATE_BYTES):
        for lane in range(_RATE_BYTES // 8):
            state[lane] ^= int.from_bytes(padded[block + 8 * lane : block + 8 * lane + 8], "little")
        _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _permute(state: list[int]) -> None:
    for constant in _CONSTANTS:
        columns = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        mixed = [columns[x - 1] ^ _turned(columns[(x + 1) % 5], 1) for x in range(5)]
        state[:] = [lane ^ mixed[place % 5] for place, lane in enumerate(state)]
        moving = state[1]
        for place, turn in _ROTATIONS:
            state[place], moving = _turned(moving, turn), state[place]
        for row in range(0, 25, 5):
            a = state[row : row + 5]
            state[row : row + 5] = [a[x] ^ (~a[(x + 1) % 5] & _LANE & a[(x + 2) % 5]) for x in range(5)]
        state[0] ^= constant


def _turned(lane: int, bits: int) -> int:
    return (lane << bits | lane >> 64 - bits) & _LANE
