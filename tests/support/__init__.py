"""What the tests of several rooms need: real processes, topics read to their end, waiting for a condition."""

from tests.support.processes import Service
from tests.support.records import Record, count, produce, read_all
from tests.support.waiting import wait_for

__all__ = ["Record", "Service", "count", "produce", "read_all", "wait_for"]
