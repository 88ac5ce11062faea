"""What the windows hold of memory is bounded."""

from __future__ import annotations

import subprocess
import sys


def test_the_service_does_without_the_large_libraries() -> None:
    """scikit-learn and scipy.stats take 70 MB."""
    question = "import sys, consumers.windows.service; print({'sklearn', 'scipy.stats'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
