"""Random numbers as after `torch.manual_seed`, without changing torch's default generator."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed the default generator inside the context, and give it its earlier state back afterwards.

    >>> with seeded(0):
    ...     torch.rand(1)
    tensor([0.4963])
    """
    with torch.random.fork_rng(devices=[]):
        # Not torch.manual_seed: that would also seed every GPU, which fork_rng does not give back here.
        torch.default_generator.manual_seed(seed)
        yield
