"""What other redactors find of the corpus, beside Headrace.

    python -m venv benchmarks/.venv-redaction
    benchmarks/.venv-redaction/bin/pip install -r benchmarks/requirements-redaction.txt
    python benchmarks/redaction_peers.py --size 20

The held-out half is given to each, text by text; what it found is scored as Headrace's is. Printed as one JSON object:
shares by group, leak, and MB/s of whole interactions (processor time, one core). The corpus was made by the people
who made Headrace's rules, which favours Headrace; the peers are used as they come, without tuning, which does too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from headrace.privacy.corpus import Sample, corpus
from headrace.privacy.evaluation import Quality, engines, quality, speed

FOLDER = Path(__file__).parent
PEERS = ("presidio", "scrubadub", "datafog", "detect_secrets")
PATIENCE_S = 600
SPEED_TEXTS = 100


def measured(result: Quality, mb_per_s: float) -> dict[str, Any]:
    shares = {name: round(bounds.share, 4) for name, bounds in result.groups.items()}
    return {**shares, "leak": round(result.leak.share, 4), "mb_per_s": round(mb_per_s, 3)}


def asked(python: Path, peer: str, texts: Iterable[str]) -> tuple[list[list[tuple[int, int]]], float]:
    """What the peer finds in each text, and the seconds of processor time it took."""
    command = [str(python), str(FOLDER / "redaction_peer.py"), peer]
    done = subprocess.run(
        command, input=json.dumps(list(texts)), capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["spans"], answer["seconds"]


def peer_measured(python: Path, peer: str, samples: list[Sample], mixed: list[str]) -> dict[str, Any]:
    spans, _ = asked(python, peer, [sample.text for sample in samples])
    _, seconds = asked(python, peer, mixed)
    found = dict(zip((sample.text for sample in samples), spans, strict=True))
    return measured(quality(samples, found.__getitem__), sum(len(text.encode()) for text in mixed) / 1e6 / seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=20, help="texts of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", type=Path, default=FOLDER / ".venv-redaction" / "bin" / "python")
    parser.add_argument("--peers", default=",".join(PEERS))
    arguments = parser.parse_args()
    everything = list(corpus(arguments.seed, arguments.size, "held_out"))
    samples = [sample for sample in everything if sample.task != "mixed"]
    mixed = [sample.text for sample in everything if sample.task == "mixed"][:SPEED_TEXTS]
    results = {
        f"headrace {one.name}": measured(quality(samples, one.find), speed(mixed, one).mb_per_s) for one in engines()
    }
    for peer in arguments.peers.split(","):
        results[peer] = peer_measured(arguments.python, peer, samples, mixed)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
