"""`torch.manual_seed` and `torch.seed`, noted by the run."""

import secrets
from typing import Any

import torch

from app.calculator.interpreter.run import CURRENT
from app.calculator.randomness import reseed_generator


def manual_seed(seed: Any) -> Any:
    """`torch.manual_seed(seed)`, without looking for accelerators, which takes milliseconds."""
    number = int(seed)
    CURRENT.get().randomness.seeded()
    return torch.default_generator.manual_seed(number)


def initial_seed() -> int:
    """`torch.initial_seed()`: a random number itself, until the program sets it."""
    CURRENT.get().randomness.told()
    return torch.initial_seed()


def reseed_own(generator: torch.Generator) -> int:
    """`torch.Generator().seed()`, without opening a file."""
    CURRENT.get().randomness.unseeded()
    seed = secrets.randbits(63)
    generator.manual_seed(seed)
    return seed


def reseed() -> int:
    """`torch.seed()`."""
    CURRENT.get().randomness.unseeded()
    return reseed_generator()
