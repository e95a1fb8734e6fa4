"""Counts of what the server does and how long it takes: numbers only, nothing that people typed."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import NamedTuple

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the classes of times, in seconds; what takes longer has a class of its own."""


class Key(NamedTuple):
    """What is counted, and of which kind: one of few, none of them chosen by a client."""

    what: str
    kind: str = ""


class Times:
    """How often something took how long. classes: numbers of times by BOUNDS. total: in seconds."""

    def __init__(self) -> None:
        self.classes = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.classes[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


class Tally:
    """All counts since the server's start, added to where things happen."""

    def __init__(self) -> None:
        self.counts: Counter[Key] = Counter()
        self.times: dict[Key, Times] = {}

    def count(self, what: str, kind: str = "", n: int = 1) -> None:
        """Count something that has happened."""
        self.counts[Key(what, kind)] += n

    def took(self, seconds: float, what: str, kind: str = "") -> None:
        """Count how long something took."""
        key = Key(what, kind)
        if key not in self.times:
            self.times[key] = Times()
        self.times[key].add(seconds)

    @contextmanager
    def timing(self, what: str, kind: str = "") -> Iterator[None]:
        """Count how long the context takes, however it ends."""
        start = monotonic()
        try:
            yield
        finally:
            self.took(monotonic() - start, what, kind)
