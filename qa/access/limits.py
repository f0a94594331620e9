"""How much one caller, and all together, may ask for: token buckets, and places to work with a short queue before them.

Knows time and counting; it must not know requests or roles.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from qa.access.identity import Refused

CALLERS = 20_000
"""Buckets kept; the one unused for longest is forgotten first, and it would be full again by then."""


class Buckets:
    """One bucket of tokens for each caller. `rate` tokens flow in a minute; 0 sets no limit."""

    def __init__(self, rate: float, burst: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        """`burst` is what a bucket holds; by default a quarter of a minute's, ten at least."""
        self.rate, self._burst, self._clock = rate, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str, cost: float, rate: float | None = None) -> float:
        """Takes `cost` tokens and returns 0.0, or takes nothing and returns the seconds until there are enough.

        `rate` is the caller's own, instead of the common one.
        """
        flow = self.rate if rate is None else rate
        if flow <= 0 or cost <= 0:
            return 0.0
        full = max(self._burst or max(flow / 4, 10.0), cost)
        now = self._clock()
        held, since = self._buckets.pop(who, (full, now))
        held = min(full, held + (now - since) * flow / 60)
        enough = held >= cost
        self._buckets[who] = (held - cost if enough else held, now)
        while len(self._buckets) > CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if enough else (cost - held) * 60 / flow

    def spend(self, who: str, cost: float, rate: float | None = None) -> None:
        """As `wait`; Refused with 429 where there are not enough."""
        seconds = self.wait(who, cost, rate)
        if seconds > 0:
            raise Refused(429, "too_many", "请求太频繁。", "请稍后再试。", math.ceil(seconds))


class Slots:
    """Places for concurrent work; `queue` may wait for one, each for at most `patience` seconds."""

    def __init__(self, places: int, queue: int, patience: float) -> None:
        """0 `places` sets no limit."""
        self.places, self.queue, self.patience = places, queue, patience
        self.waiting = 0
        self._free = asyncio.Semaphore(max(places, 1))
        self._mean = 0.5

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Holds a place. Refused with 503 where the queue is full or no place became free in time."""
        if self.places <= 0:
            yield
            return
        await self._take()
        begun = time.monotonic()
        try:
            yield
        finally:
            self._mean += 0.1 * (time.monotonic() - begun - self._mean)
            self._free.release()

    async def _take(self) -> None:
        if self._free.locked() and self.waiting >= self.queue:
            raise self._busy()
        self.waiting += 1
        try:
            async with asyncio.timeout(self.patience):
                await self._free.acquire()
        except TimeoutError:
            raise self._busy() from None
        finally:
            self.waiting -= 1

    def _busy(self) -> Refused:
        seconds = math.ceil(self._mean * (self.waiting + 1) / self.places)
        return Refused(503, "busy", "服务器正忙。", "请稍后再试。", min(max(seconds, 1), 60))
