"""Guarantee: effectively-once into the output topic. The sanitizing work as a Quix Streams app:
`sanitize_quix.py BOOTSTRAP INPUT OUTPUT`.
"""

from __future__ import annotations

import sys

from quixstreams import Application
from sanitize_work import record_sanitizer

BYTES = {"key_deserializer": "bytes", "value_deserializer": "bytes"}

bootstrap, input_name, output_name = sys.argv[1:4]
app = Application(
    bootstrap,
    consumer_group=f"{output_name}.group",
    auto_offset_reset="earliest",
    auto_create_topics=False,
    processing_guarantee="exactly-once",
    commit_interval=0.1,
    loglevel="WARNING",
    producer_extra_config={
        "compression.type": "lz4",
        "linger.ms": 100,
        "batch.size": 1_000_000,
        "partitioner": "murmur2_random",
    },
)
output = app.topic(output_name, key_serializer="bytes", value_serializer="bytes")
records = app.dataframe(app.topic(input_name, **BYTES))
records.apply(record_sanitizer()).to_topic(output)

if __name__ == "__main__":
    app.run()
