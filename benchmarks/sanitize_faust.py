"""Guarantee: at-least-once, as Faust has it. The sanitizing work as a Faust app.

sanitize_faust.py BOOTSTRAP INPUT OUTPUT
"""

from __future__ import annotations

import sys

import mode.loop

mode.loop.use("uvloop")

import faust  # noqa: E402 (the loop is chosen before Faust is imported)
from sanitize_work import record_sanitizer  # noqa: E402

BATCH_RECORDS = 2_000

bootstrap, input_name, output_name = sys.argv[1:4]
sanitize = record_sanitizer()

app = faust.App(
    f"{output_name}.app",
    broker=f"kafka://{bootstrap}",
    store="memory://",
    autodiscover=False,
    web_enabled=False,
    topic_disable_leader=True,
    topic_allow_declare=False,
    key_serializer="raw",
    value_serializer="raw",
    consumer_auto_offset_reset="earliest",
    broker_max_poll_records=BATCH_RECORDS,
    stream_buffer_maxsize=16_384,
    stream_wait_empty=False,
    producer_compression_type="lz4",
    producer_linger=0.1,
    producer_max_batch_size=1_000_000,
)
output = app.topic(output_name, key_serializer="raw", value_serializer="raw")


@app.agent(app.topic(input_name, key_type=bytes, value_type=bytes))
async def sanitizer(stream: faust.Stream[bytes]) -> None:
    async for events in stream.take_events(BATCH_RECORDS, within=0.1):
        for event in events:
            output.send_soon(key=event.key, value=sanitize(event.value), headers=event.headers)


if __name__ == "__main__":
    faust.Worker(app, loglevel="ERROR").execute_from_commandline()
