"""`torch.manual_seed` and `torch.seed`, noted by the run."""

from typing import Any

import torch

from app.calculator.interpreter.run import CURRENT
from app.calculator.randomness import reseed_generator


def manual_seed(seed: Any) -> Any:
    """`torch.manual_seed(seed)`."""
    CURRENT.get().randomness.seeded()
    return torch.manual_seed(seed)


def reseed() -> int:
    """`torch.seed()`."""
    CURRENT.get().randomness.unseeded()
    return reseed_generator()
