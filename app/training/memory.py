"""What a run takes, before it takes it."""

from itertools import pairwise

from app.protocol.runs import RunConfig
from app.training.history import row_size, rows_kept

FLOAT = 4
BASE = 40_000
"""Bytes of any run: its settings, tensors' and optimizer's own objects. 31,000 were measured."""
OPTIMIZER_ROWS = 3
"""Rows of parameters that an optimizer keeps at most: Adam with amsgrad, RMSprop with all it can do."""


def memory_of(config: RunConfig) -> int:
    """Bytes that a run may come to take: its tensors, twice while it is in a cohort, and its history."""
    sizes = (1, *config.model.hidden, 1)
    n_values = sum(n_in * n_out + n_out for n_in, n_out in pairwise(sizes))
    n_padding = 2 * 16 * len(sizes)
    rows = 2 * (2 + OPTIMIZER_ROWS) * (n_values + n_padding)
    # Each layer's outputs before and after the activation, and their gradients.
    points = 4 * config.data.n_samples * sum(sizes)
    history = min(config.max_steps + 1, rows_kept(n_values)) * row_size(n_values)
    return BASE + FLOAT * (rows + points + config.max_steps) + history
