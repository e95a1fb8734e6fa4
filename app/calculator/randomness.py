"""torch's random numbers, and whether a program's depend on more than its text."""

import secrets

import torch
from torch import Tensor


class Randomness:
    """The state of torch's generator during one program, which begins as random as in a fresh process."""

    def __init__(self) -> None:
        reseed_generator()
        self._state: Tensor | None = torch.get_rng_state()
        self._drawn = False

    def seeded(self) -> None:
        """The program has set the seed: from here on its numbers are its own."""
        self._look()
        self._state = None

    def told(self) -> None:
        """The program has asked for the seed."""
        self._drawn |= self._state is not None

    def unseeded(self) -> None:
        """The program has asked for a random seed."""
        self._drawn = True

    @property
    def deterministic(self) -> bool:
        """Whether no number was drawn without a seed."""
        self._look()
        return not self._drawn

    def _look(self) -> None:
        if self._state is not None and not torch.equal(self._state, torch.get_rng_state()):
            self._drawn = True


def reseed_generator() -> int:
    """A seed from the system, read without opening a file, which torch's own way of doing it does."""
    seed = secrets.randbits(63)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed looks for every accelerator: 2 ms
    return seed
