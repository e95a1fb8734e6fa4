"""`torch.manual_seed` and `torch.seed`, noted by the run."""

from typing import Any

import torch

from app.calculator.interpreter.run import CURRENT
from app.calculator.randomness import reseed_generator


def manual_seed(seed: Any) -> Any:
    """`torch.manual_seed(seed)`, without looking for accelerators, which takes milliseconds."""
    number = int(seed)
    CURRENT.get().randomness.seeded()
    return torch.default_generator.manual_seed(number)


def reseed() -> int:
    """`torch.seed()`."""
    CURRENT.get().randomness.unseeded()
    return reseed_generator()
