"""`headrace run` before its service has taken over."""

import subprocess
import sys

ENDED_WHILE_IT_LOADS = """
import os, signal, weakref
from headrace.commands import services

class Loaded:
    pass

class Entry:
    def load(self):
        loaded = Loaded()
        reference = weakref.ref(loaded, lambda _: os.kill(os.getpid(), signal.SIGTERM))
        del loaded
        return lambda settings: os._exit(3)

services._known = lambda name: Entry()
services.run("lake")
"""


def test_a_service_that_is_asked_to_end_while_it_loads_ends_even_inside_a_callback() -> None:
    """Python drops an exception that is raised there; the service would run on, and know nothing of it."""
    ended = subprocess.run([sys.executable, "-c", ENDED_WHILE_IT_LOADS], timeout=60)
    assert ended.returncode == 0
