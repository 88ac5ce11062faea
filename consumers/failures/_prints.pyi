import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]

def prints_of(
    texts: list[str],
    most_characters: int,
    lower: NDArray[np.uint8],
    common: Codes,
    telling: Codes,
    leading: Codes,
    following: Codes,
    /,
) -> tuple[bytes, bytes, bytes]: ...
