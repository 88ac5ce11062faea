"""What an asyncio loop waits longer with Headrace in its process than without.

    python benchmarks/event_loop_wait.py --bootstrap 127.0.0.1:9092

A loop asks to be woken every millisecond and notes how much later it is. A second task logs at the given rate,
in bursts a hundred times a second; each wake-up that falls into a call of `log` counts too. The control run does
the same with `enabled: false`, so that the machine's own delays are in both. Control and measured runs alternate.
Printed as one JSON object, with the broker up and with an address that nobody answers: the 99.9th percentile in
milliseconds, as the median over the rounds and as the quietest round, and the difference of each. On a machine
with other work on it only the quietest rounds compare.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from typing import Any

from confluent_kafka.admin import AdminClient, NewTopic

from headrace import ProductionInteractionLogger, Settings
from headrace.ids import ID_KEY_VARIABLE, new_key
from headrace.settings import ContinualLearning, Kafka, Logging

NOWHERE = "127.0.0.1:1"
TICK_S = 0.001
BURST_S = 0.01
SECONDS = 3.0
ROUNDS = 5
RATE = 2000
FIELDS: dict[str, Any] = {
    "agent_selected": "billing",
    "user_query": "Last month you charged me 49.90 twice; I am ada@example.org and nobody has answered. " * 4,
    "response": "I have looked into this and found that the second charge was a deposit that is paid back. " * 6,
    "session_id": "session",
    "user_id": "user",
}


async def late_wakeups(seconds: float) -> list[float]:
    """By how many milliseconds each wake-up came late."""
    late = []
    end = time.perf_counter() + seconds
    while (now := time.perf_counter()) < end:
        await asyncio.sleep(TICK_S)
        late.append((time.perf_counter() - now - TICK_S) * 1000)
    return late


async def log_steadily(logger: ProductionInteractionLogger, rate: int) -> None:
    while True:
        for _ in range(int(rate * BURST_S)):
            await logger.log_interaction(**FIELDS)
        await asyncio.sleep(BURST_S)


async def _observe(logger: ProductionInteractionLogger, rate: int, seconds: float) -> float:
    task = asyncio.create_task(log_steadily(logger, rate))
    await late_wakeups(0.5)
    late = sorted(await late_wakeups(seconds))
    task.cancel()
    return late[int(len(late) * 0.999)]


def measure(bootstrap: str, prefix: str, enabled: bool, rate: int) -> dict[str, Any]:
    """One run in this process: the 99.9th percentile in milliseconds."""
    logging = Logging(enabled=enabled)
    kafka = Kafka(bootstrap_servers=bootstrap, topic_prefix=prefix)
    logger = ProductionInteractionLogger(Settings(kafka=kafka, continual_learning=ContinualLearning(logging=logging)))
    gc.collect()
    wait_ms = asyncio.run(_observe(logger, rate, SECONDS))
    result = logger.close(2)
    return {"wait_ms": wait_ms, "logged": result.logged, "delivered": result.delivered}


def compare(bootstrap: str, prefix: str) -> dict[str, Any]:
    """Every case against its control."""
    found: dict[str, Any] = {"rate": RATE, "sanitize_pii": True}
    for name, address in (("broker_up", bootstrap), ("broker_away", NOWHERE)):
        runs: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(ROUNDS):
            for enabled, waits in runs.items():
                waits.append(_in_a_process(address, prefix, enabled, RATE)["wait_ms"])
        found[name] = {
            "median": _difference(statistics.median(runs[True]), statistics.median(runs[False])),
            "quietest": _difference(min(runs[True]), min(runs[False])),
        }
    return found


def _difference(measured: float, control: float) -> dict[str, float]:
    return {
        "p999_wait_ms": round(measured, 3),
        "control_ms": round(control, 3),
        "added_ms": round(measured - control, 3),
    }


def _in_a_process(bootstrap: str, prefix: str, enabled: bool, rate: int) -> dict[str, Any]:
    case = json.dumps([bootstrap, prefix, enabled, rate])
    done = subprocess.run([sys.executable, __file__, "--case", case], check=True, stdout=subprocess.PIPE, timeout=60)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bootstrap", default="127.0.0.1:9092")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case:
        print(json.dumps(measure(*json.loads(arguments.case))))
        return
    os.environ.setdefault(ID_KEY_VARIABLE, new_key())
    prefix = f"bench-{secrets.token_hex(4)}"
    admin = AdminClient({"bootstrap.servers": arguments.bootstrap})
    topic = f"{prefix}.raw"
    admin.create_topics([NewTopic(topic, 6, 1)])[topic].result()
    try:
        print(json.dumps(compare(arguments.bootstrap, prefix)))
    finally:
        admin.delete_topics([topic])[topic].result()


if __name__ == "__main__":
    main()
