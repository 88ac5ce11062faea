import numpy as np
from numpy.typing import NDArray

def add_rows(
    sums: NDArray[np.float32],
    table: NDArray[np.uint16],
    ids: bytes | NDArray[np.int32],
    ends: NDArray[np.int64],
    width: int,
    /,
) -> None: ...
