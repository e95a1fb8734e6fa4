"""`torch.manual_seed` and `torch.seed`, noted by the run."""

from typing import Any

import torch

from app.calculator.interpreter.run import CURRENT
from app.calculator.randomness import reseed_generator


def manual_seed(seed: Any) -> Any:
    """`torch.manual_seed(seed)`, without looking for accelerators, which takes milliseconds."""
    generator = torch.default_generator.manual_seed(int(seed))
    CURRENT.get().randomness.seeded()
    return generator


def reseed() -> int:
    """`torch.seed()`."""
    CURRENT.get().randomness.unseeded()
    return reseed_generator()
