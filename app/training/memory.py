"""What a run takes, before it takes it."""

from itertools import pairwise

from app.protocol.events import EventLog
from app.protocol.runs import RunConfig
from app.training.history import History, row_size, rows_kept

FLOAT = 4
BASE = 40_000
"""Bytes of any run: its settings, tensors' and optimizer's own objects. 31,000 were measured."""
OPTIMIZER_ROWS = 3
"""Rows of parameters that an optimizer keeps at most: Adam with amsgrad, RMSprop with all it can do."""
POINT = 200
"""Bytes of a point in the settings, as Python's numbers, or of a formula's value and its place."""
EVENT = 5_000
"""Bytes of a change on its way: the settings after it, points aside. 4,600 were measured."""
N_SQUARED = 3
"""Tensors of every prediction beside every y, where the loss compares them so: 2.9 were measured."""


def memory_of(config: RunConfig, log: EventLog | None = None, history: History | None = None) -> int:
    """Bytes that a run may come to take: its tensors, twice while it is in a cohort, and its history.

    log, history: what it brings along where it goes on from somewhere. What was kept stays, also when
    `max_steps` is lowered afterwards.
    """
    sizes = (1, *config.model.hidden, 1)
    n_values = sum(n_in * n_out + n_out for n_in, n_out in pairwise(sizes))
    n_padding = 2 * 16 * len(sizes)
    rows = 2 * (2 + OPTIMIZER_ROWS) * (n_values + n_padding)
    # Each layer's outputs before and after the activation, and their gradients.
    n = config.data.most_points
    points = 4 * n * sum(sizes) + (0 if config.data.unsqueeze_y else N_SQUARED * n * n)
    as_numbers = n if config.data.points is not None or config.recipe is not None else 0
    n_steps, n_kept = config.max_steps, min(config.max_steps + 1, rows_kept(n_values))
    if history is not None:
        n_steps, n_kept = max(n_steps, len(history.losses)), max(n_kept, history.n_rows)
    changes = EVENT * len(log.events) + POINT * log.n_points if log is not None else 0
    return (
        BASE + FLOAT * (rows + points + n_steps) + POINT * as_numbers + changes + n_kept * row_size(n_values)
    )
