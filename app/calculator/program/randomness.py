"""The random numbers of Python, NumPy and torch, and whether a program's depend on more than its text."""

import ctypes
import random
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

VARYING = frozenset({"time", "datetime", "os", "uuid", "secrets", "ctypes", "gc", "tempfile", "timeit"})
"""A program that imports one of these may do another thing each time."""

State = tuple[Any, ...]


def fresh(seed: int | None = None) -> State:
    """States as random as those of a new process. Read without opening a file, as torch would.

    seed: below 2**63, for the same states again.
    """
    seed = secrets.randbits(63) if seed is None else seed
    torch.default_generator.manual_seed(seed)  # torch.manual_seed looks for accelerators: 2 ms
    random.seed(seed)
    np.random.seed(seed & 0xFFFFFFFF)
    words = np.frombuffer(numpy_words(), np.uint32)
    return torch.get_rng_state(), random.getstate(), ("MT19937", words[:-1], int(words[-1]), 0, 0.0)


READ: tuple[Callable[[], Any], ...] = (torch.get_rng_state, random.getstate, np.random.get_state)
"""The state of each generator now."""


def states() -> State:
    """The states now."""
    return tuple(read() for read in READ)


GENERATOR = np.random.mtrand._rand._bit_generator
WORDS = (ctypes.c_char * (4 * 625)).from_address(GENERATOR.ctypes.state_address)
"""NumPy's state in memory, 624 words and a place: asking for it takes as long as a line of a program."""


def numpy_words() -> bytes:
    """NumPy's state now, but for a second normal number that it keeps."""
    return bytes(WORDS)


def is_numpy_at(state: tuple[Any, ...]) -> bool:
    """Whether NumPy's generator is in that state."""
    _, words, place, *kept = state
    if np.random.mtrand._rand._bit_generator is GENERATOR and kept == [0, 0.0]:
        return bool(numpy_words() == words.tobytes() + place.to_bytes(4, sys.byteorder))
    one: Any = np.random.get_state()
    return bool(np.array_equal(one[1], words) and one[2:] == state[2:])


def restore(state: State) -> None:
    """Go back to some states."""
    torch.set_rng_state(state[0])
    random.setstate(state[1])
    if not is_numpy_at(state[2]):
        np.random.set_state(state[2])


def same(kind: int, state: State) -> bool:
    """Whether one of the three generators is where it was."""
    if kind == 2:
        return is_numpy_at(state[2])
    one, other = state[kind], READ[kind]()
    if kind == 0:
        return torch.equal(one, other)
    return bool(one == other)


class Randomness:
    """The generators during one program. seeds: the last seed of each that the program has set."""

    def __init__(self, start: State) -> None:
        self.seeds: dict[int, Any] = {}
        self._start = start
        self._seeded: set[int] = set()
        self._drawn = False

    def patches(self) -> list[tuple[Any, str, Any]]:
        """What notes that the program sets a seed, or asks for one."""
        rng = np.random
        return [
            (torch, "manual_seed", self.noting(0, manual_seed)),
            (torch.random, "manual_seed", self.noting(0, manual_seed)),
            (torch, "seed", self.noting(None, reseed)),
            (torch, "initial_seed", self.asking(torch.initial_seed)),
            (torch, "Generator", Generator),
            (Generator, "noted", self),
            (random, "seed", self.noting(1, random.seed)),
            (rng, "seed", self.noting(2, rng.seed)),
            (rng, "default_rng", self.noting(None, rng.default_rng)),
        ]

    def noting(self, kind: int | None, real: Callable[..., Any]) -> Callable[..., Any]:
        """A function that seeds a generator; without a seed, from the system. kind: None: another one."""

        def seed(*args: Any, **kwargs: Any) -> Any:
            given = next((value for value in (*args, *kwargs.values()) if value is not None), None)
            if given is None:
                self._drawn = True
            elif kind is not None:
                self._look(kind)
                self._seeded.add(kind)
                self.seeds[kind] = given
            return real(*args, **kwargs)

        return like(seed, real)

    def asking(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """A function that tells the seed."""

        def ask() -> Any:
            self._drawn |= 0 not in self._seeded
            return real()

        return like(ask, real)

    def unseeded(self) -> None:
        """The program has asked for a random seed."""
        self._drawn = True

    @property
    def deterministic(self) -> bool:
        """Whether no number was drawn without a seed."""
        for kind in range(3):
            self._look(kind)
        return not self._drawn

    def _look(self, kind: int) -> None:
        if kind not in self._seeded and not same(kind, self._start):
            self._drawn = True


def like(function: Callable[..., Any], real: Any) -> Callable[..., Any]:
    """A function that shows itself as another one."""
    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(function, name, getattr(real, name, None))
    return function


def manual_seed(seed: Any) -> torch.Generator:
    """`torch.manual_seed(seed)`, without looking for accelerators, which takes milliseconds."""
    return torch.default_generator.manual_seed(int(seed))


def reseed() -> int:
    """`torch.seed()`, without opening a file, as torch's own does."""
    seed = secrets.randbits(63)
    torch.default_generator.manual_seed(seed)
    return seed


class Generator(torch._C.Generator):
    """`torch.Generator`, whose `seed()` opens no file. noted: who is told."""

    noted: Randomness | None = None

    def seed(self) -> int:
        """A seed from the system."""
        if self.noted is not None:
            self.noted.unseeded()
        seed = secrets.randbits(63)
        self.manual_seed(seed)
        return seed


@contextmanager
def patched(patches: list[tuple[Any, str, Any]]) -> Iterator[None]:
    """Other values for names of modules, while a program runs. A module that is not imported has a name."""
    places = [(sys.modules[owner] if isinstance(owner, str) else owner, name) for owner, name, _ in patches]
    before = [getattr(owner, name) for owner, name in places]
    try:
        for (owner, name), (_, _, value) in zip(places, patches, strict=True):
            setattr(owner, name, value)
        yield
    finally:
        for (owner, name), value in zip(places, before, strict=True):
            setattr(owner, name, value)
