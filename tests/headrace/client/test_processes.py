"""Forks and ends of real processes: nothing that was logged is lost unless its process was killed."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from headrace.client import ProductionInteractionLogger
from headrace.settings import Settings
from tests.conftest import write_settings
from tests.headrace.client.support import (
    ROUTINE,
    events_on_raw,
    numbered_on_raw,
    statuses_on_raw,
    unreachable,
)
from tests.support import wait_for

pytestmark = pytest.mark.broker

PRELUDE = """
    import multiprocessing, os, sys, threading
    from headrace import ProductionInteractionLogger
    ROUTINE = {"agent_selected": "billing", "user_query": "?"}
    logger = ProductionInteractionLogger()
"""


def run(script: str, settings_file: Path, *arguments: str) -> str:
    """The output of a Python program that must end by itself, without complaints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PRELUDE) + textwrap.dedent(script), *arguments],
        env={**os.environ, "HEADRACE_CONFIG": str(settings_file)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def producers_on_raw(settings: Settings) -> dict[str, int]:
    """How many numbered events each producer has on raw."""
    ids = {record.headers["producer_id"].decode() for record, _ in events_on_raw(settings)}
    return {name: len(numbered_on_raw(settings, name)) for name in ids}


@pytest.mark.parametrize("masked", ["true", "false"])
def test_a_program_that_ends_without_close_loses_nothing(settings: Settings, settings_file: Path, masked: str) -> None:
    settings_file.write_text(settings_file.read_text().replace("sanitize_pii: true", f"sanitize_pii: {masked}"))
    producer_id = run(
        """
        for _ in range(1000):
            logger.log(**ROUTINE)
        print(logger.producer_id, end="")
        """,
        settings_file,
    )
    assert numbered_on_raw(settings, producer_id) == list(range(1, 1001))
    assert [(s.closed, s.last_seq) for s in statuses_on_raw(settings, producer_id)] == [(True, 1000)]


@pytest.mark.parametrize("end", ["sys.exit(0)", "logger.close(); os._exit(0)", "pass"])
def test_a_forked_child_numbers_its_own_events(settings: Settings, settings_file: Path, end: str) -> None:
    run(
        f"""
        for _ in range(100):
            logger.log(**ROUTINE)
        if (child := os.fork()) == 0:
            for _ in range(10):
                logger.log(**ROUTINE)
            {end}
        else:
            _, status = os.waitpid(child, 0)
            assert status == 0, status
            logger.log(**ROUTINE)
        """,
        settings_file,
    )
    assert sorted(producers_on_raw(settings).values()) == [10, 101]


def test_children_of_a_parent_that_never_logged(settings: Settings, settings_file: Path) -> None:
    """A server that loads the application before it forks its workers."""
    run(
        """
        for _ in range(2):
            if (child := os.fork()) == 0:
                logger.log(**ROUTINE)
                sys.exit(0)
            _, status = os.waitpid(child, 0)
            assert status == 0, status
        """,
        settings_file,
    )
    assert list(producers_on_raw(settings).values()) == [1, 1]


def test_a_child_that_logs_nothing_ends_as_it_should(settings: Settings, settings_file: Path) -> None:
    run(
        """
        logger.log(**ROUTINE)
        if (child := os.fork()) != 0:
            _, status = os.waitpid(child, 0)
            assert status == 0, status
        """,
        settings_file,
    )
    assert list(producers_on_raw(settings).values()) == [1]


def test_a_fork_while_other_threads_log(settings: Settings, settings_file: Path) -> None:
    run(
        """
        def work():
            for _ in range(2000):
                logger.log(**ROUTINE)
        thread = threading.Thread(target=work)
        thread.start()
        children = []
        for _ in range(5):
            if (child := os.fork()) == 0:
                logger.log(**ROUTINE)
                result = logger.close()
                os._exit(0 if result.delivered == 1 else 1)
            children.append(child)
        for child in children:
            _, status = os.waitpid(child, 0)
            assert status == 0, status
        thread.join()
        """,
        settings_file,
    )
    assert sorted(producers_on_raw(settings).values()) == [1, 1, 1, 1, 1, 2000]


@pytest.mark.parametrize("method", ["fork", "forkserver"])
def test_workers_of_multiprocessing_deliver_before_they_end(
    settings: Settings, settings_file: Path, tmp_path: Path, method: str
) -> None:
    module = tmp_path / "worker.py"
    module.write_text(
        "from headrace import ProductionInteractionLogger\n"
        "logger = ProductionInteractionLogger()\n"
        "def work(number):\n"
        "    for _ in range(20):\n"
        "        logger.log(agent_selected='billing', user_query='?')\n"
    )
    run(
        f"""
        sys.path.insert(0, {str(tmp_path)!r})
        import worker
        context = multiprocessing.get_context({method!r})
        workers = [context.Process(target=worker.work, args=(number,)) for number in range(2)]
        for process in workers:
            process.start()
        for process in workers:
            process.join()
            assert process.exitcode == 0, process.exitcode
        """,
        settings_file,
    )
    assert sorted(n for n in producers_on_raw(settings).values() if n) == [20, 20]


def test_a_program_ends_soon_though_the_broker_is_away(tmp_path: Path) -> None:
    settings_file = write_settings(unreachable(), tmp_path / "headrace.yaml")
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PRELUDE) + "logger.log(**ROUTINE)"],
        env={**os.environ, "HEADRACE_CONFIG": str(settings_file)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert "events dropped: not_sent 1" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - started < 30


def test_a_logger_that_is_forgotten_still_delivers(settings: Settings) -> None:
    def forget() -> str:
        logger = ProductionInteractionLogger(settings)
        logger.log(**ROUTINE)
        return logger.producer_id

    producer_id = forget()
    wait_for(lambda: numbered_on_raw(settings, producer_id) == [1], "the forgotten logger's event")
