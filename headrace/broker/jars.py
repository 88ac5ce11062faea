"""Kafka's jars: fetched once by Maven into the user's cache, and the Java that runs them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from headrace.errors import BrokerFailed

POM = Path(__file__).with_name("pom.xml")
JAVA_VERSION = 17
"""Kafka 4 brokers run on Java 17 and later."""
MAVEN_TIMEOUT_S = 600
"""43 MB of jars: seconds as a rule, minutes on a slow line."""

_JAVA_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


def ensure_jars() -> Path:
    """The folder of Kafka's jars; Maven fetches them the first time. Raises BrokerFailed."""
    folder = _cache() / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"
    if not folder.is_dir():
        _fetch(folder)
    return folder


def java() -> str:
    """The `java` to run Kafka with; raises BrokerFailed where there is none, or one too old."""
    home = os.environ.get("JAVA_HOME")
    command = shutil.which("java", path=f"{home}/bin" if home else None)
    if command is None:
        raise BrokerFailed(f"no `java` on the PATH: Kafka needs a JDK or JRE, version {JAVA_VERSION} or later")
    found = _version(subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stderr)
    if found < JAVA_VERSION:
        raise BrokerFailed(f"{command} is Java {found}: Kafka needs Java {JAVA_VERSION} or later (see JAVA_HOME)")
    return command


def _version(banner: str) -> int:
    """The major version in what `java -version` prints, 0 where there is none.

    >>> _version('openjdk version "17.0.15" 2025-04-15'), _version('java version "1.8.0_402"'), _version("")
    (17, 8, 0)
    """
    match = _JAVA_VERSION.search(banner)
    return int(match[1]) if match else 0


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "headrace"


def _fetch(folder: Path) -> None:
    """Fetches beside `folder`, then renames: two processes may race, and an interrupted one leaves no half."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        jars = Path(scratch, "jars")
        _run_maven(Path(scratch), jars)
        try:
            jars.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def _run_maven(scratch: Path, jars: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerFailed(
            "no `mvn` on the PATH: Maven fetches Kafka's jars; install it (Debian: `apt install maven`), "
            "or set HEADRACE_BOOTSTRAP_SERVERS to a Kafka that runs"
        )
    pom = scratch / "pom.xml"
    shutil.copy(POM, pom)
    goal = [maven, "--batch-mode", "-q", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
    done = subprocess.run(goal, capture_output=True, text=True, timeout=MAVEN_TIMEOUT_S, check=False)
    if done.returncode != 0:
        raise BrokerFailed(f"Maven could not fetch Kafka's jars:\n{_first_lines(done.stdout + done.stderr)}")


def _first_lines(text: str) -> str:
    return "\n".join(text.strip().splitlines()[:6])
