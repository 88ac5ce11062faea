"""One comparison of 13 signals x 10,000 rows: Headrace, a plain scipy loop, and peers, as ratios in one run.

    python -m benchmarks.drift_peers [--peer-python /tmp/venv-drift/bin/python]

The peers (`pip install evidently nannyml statsmodels "pandas<3"`) run in an interpreter of their own on the same
frames, their telemetry off; one that is not installed there is left out. Times are CPU seconds, the median of seven
rounds, and each peer is timed beside the scipy loop in its own process.
"""

from __future__ import annotations

import argparse
import os
import pickle
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROWS = 10_000
ROUNDS = 7
SILENT = {"NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1"}

Frame = dict[str, Any]


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one run, the median of several after a first that is not counted."""
    work()
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return float(np.median(found))


def scipy_loop(reference: Frame, current: Frame) -> list[float]:
    """What one writes without a library: KS for numbers, chi-square for labels."""
    from scipy.stats import chi2_contingency, ks_2samp

    p_values = []
    for name, before in reference.items():
        after = current[name]
        if before.dtype.kind == "f":
            p_values.append(ks_2samp(before, after).pvalue)
        else:
            labels = np.unique(np.concatenate([before, after]))
            table = [[int(np.sum(sample == label)) for label in labels] for sample in (before, after)]
            p_values.append(chi2_contingency(table).pvalue)
    return p_values


def digest(frame: Frame) -> Frame:
    """The frame as the stream's digests have it."""
    from consumers.digests.buckets import codes_of, values_of
    from consumers.drift.pooled import Weighted

    made: Frame = {}
    for name, values in frame.items():
        if values.dtype.kind == "f":
            codes, counts = np.unique(codes_of(values), return_counts=True)
            made[name] = Weighted(values_of(codes), counts)
        else:
            made[name] = dict(Counter(values.tolist()))
    return made


def evidently(reference: Frame, current: Frame) -> None:
    """Evidently's default data drift preset."""
    import pandas as pd
    from evidently import Report
    from evidently.presets import DataDriftPreset

    Report([DataDriftPreset()]).run(pd.DataFrame(current), pd.DataFrame(reference))


def nannyml(reference: Frame, current: Frame) -> None:
    """NannyML's univariate drift with KS and chi-square, one chunk."""
    import nannyml as nml
    import pandas as pd

    columns = list(reference)
    calculator = nml.UnivariateDriftCalculator(
        column_names=columns,
        chunk_size=ROWS,
        continuous_methods=["kolmogorov_smirnov"],
        categorical_methods=["chi2"],
    )
    calculator.fit(pd.DataFrame(reference)).calculate(pd.DataFrame(current))


PEERS = {"evidently": evidently, "nannyml": nannyml}


def run_peer(name: str, place: Path) -> None:
    """In the peers' interpreter: prints the peer's time over the scipy loop's."""
    reference, current = pickle.loads(place.read_bytes())
    base = seconds(lambda: scipy_loop(reference, current))
    print(seconds(lambda: PEERS[name](reference, current)) / base)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python")
    parser.add_argument("--run-peer", nargs=2, metavar=("NAME", "FRAMES"))
    chosen = parser.parse_args()
    if chosen.run_peer:
        return run_peer(chosen.run_peer[0], Path(chosen.run_peer[1]))
    from consumers.drift.frame import frame
    from consumers.drift.numeric import METHODS
    from tests.consumers.drift.support import draw

    rng = np.random.default_rng(0)
    reference, current = draw(rng, ROWS), draw(rng, ROWS)
    digests = digest(reference), digest(current)
    base = seconds(lambda: scipy_loop(reference, current))
    print(f"scipy loop, {base * 1e3:.0f} ms of CPU: 1")
    for method in METHODS:
        arrays = seconds(lambda method=method: frame(reference, current, method)) / base
        merged = seconds(lambda method=method: frame(*digests, method)) / base
        print(f"headrace, {method}: {arrays:.2f}; from digests {merged:.3f} ({1 / merged:.0f} x faster)")
    if chosen.peer_python:
        for name in PEERS:
            print(f"{name}: {_peer(chosen.peer_python, name, (reference, current))}")
    return None


def _peer(python: str, name: str, frames: tuple[Frame, Frame]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "frames.pickle"
        place.write_bytes(pickle.dumps(frames))
        done = subprocess.run(
            [python, __file__, "--run-peer", name, str(place)],
            env={**os.environ, **SILENT},
            capture_output=True,
            text=True,
            check=False,
        )
    return f"{float(done.stdout.split()[-1]):.1f}" if done.returncode == 0 else f"failed: {done.stderr[-200:]}"


if __name__ == "__main__":
    main()
