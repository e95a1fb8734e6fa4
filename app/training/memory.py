"""What a run takes, before it takes it."""

from itertools import pairwise

from app.protocol.runs import RunConfig
from app.training.history import row_size, rows_kept

FLOAT = 4
BASE = 40_000
"""Bytes of any run: its settings, tensors' and optimizer's own objects. 31,000 were measured."""
OPTIMIZER_ROWS = 3
"""Rows of parameters that an optimizer keeps at most: Adam with amsgrad, RMSprop with all it can do."""
POINT = 200
"""Bytes of a point in the settings, as Python's numbers, or of a formula's value and its place."""
N_SQUARED = 3
"""Tensors of every prediction beside every y, where the loss compares them so: 2.9 were measured."""


def memory_of(config: RunConfig, n_logged: int = 0) -> int:
    """Bytes that a run may come to take: its tensors, twice while it is in a cohort, and its history.

    n_logged: points in the settings that it had on its way.
    """
    sizes = (1, *config.model.hidden, 1)
    n_values = sum(n_in * n_out + n_out for n_in, n_out in pairwise(sizes))
    n_padding = 2 * 16 * len(sizes)
    rows = 2 * (2 + OPTIMIZER_ROWS) * (n_values + n_padding)
    # Each layer's outputs before and after the activation, and their gradients.
    n = config.data.most_points
    points = 4 * n * sum(sizes) + (0 if config.data.unsqueeze_y else N_SQUARED * n * n)
    as_numbers = n if config.data.points is not None or config.recipe is not None else 0
    history = min(config.max_steps + 1, rows_kept(n_values)) * row_size(n_values)
    return BASE + FLOAT * (rows + points + config.max_steps) + POINT * (as_numbers + n_logged) + history
