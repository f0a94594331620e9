"""Memory of a server that stays level: what was freed goes back to the system, what was loaded is not searched again.

Knows the C library and Python's collector, nothing of what the memory is for.
"""

from __future__ import annotations

import ctypes
import gc
import threading
import time

ARENAS = 2
"""Heaps that the C library keeps for all threads; by itself eight for each processor, and none shrinks."""

EVERY = 3.0
"""Seconds between two returns of free memory; one takes about a millisecond."""

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h


def few_heaps() -> None:
    """Keeps the number of heaps at ARENAS; to be called before threads start. Only GNU's C library has them."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.mallopt(_ARENA_MAX, ARENAS)


def keep_level() -> threading.Thread:
    """From now on, gives free memory back every EVERY seconds; to be called once everything is loaded.

    What is there by now is taken out of the collector's sight: it waits with a full search until a quarter as much has
    come anew, and a quarter of what a server loads is many requests' garbage.
    """
    gc.collect()
    gc.freeze()
    thread = threading.Thread(target=_give_back, name="heap", daemon=True)
    thread.start()
    return thread


def _give_back() -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    while True:
        time.sleep(EVERY)
        gc.collect()
        if trim is not None:
            trim(0)
