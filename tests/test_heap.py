"""Memory that was freed goes back to the system, also from below what is in use; in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os, resource, time
from qa import heap
heap.EVERY = 0.2
heap.few_heaps()
if {level}:
    heap.keep_level()

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 2**20

class Knot:
    def __init__(self, size):
        self.words, self.own = bytes(size), self  # only the collector finds that nobody needs it

before = resident()
knots = [Knot(2000) for _ in range(50_000)]
held = resident()
last = knots.pop()  # lies above all others
del knots
time.sleep(1.5)
print(held - before, resident() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the C library of other systems gives back by itself")
@pytest.mark.parametrize("level", [True, False])
def test_what_was_freed_goes_back(level: bool) -> None:
    program = PROGRAM.format(level=level)
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    held, left = map(int, told.split())
    assert held > 90
    assert (left < 20) == level
