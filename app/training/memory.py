"""Estimate of the memory that a run may come to take."""

from app.protocol.events import EventLog
from app.protocol.runs import RunConfig
from app.training.checkpoint import CHECKPOINT_BYTES, MAX_CHECKPOINTS
from app.training.trace import Trace, row_size, rows_kept

FLOAT = 4
BASE = 40_000
"""Bytes of any run: its settings, the objects of tensors and optimizer. 31,000 were measured."""
OPTIMIZER_ROWS = 3
"""Most rows of parameters that an optimizer keeps: Adam with amsgrad, RMSprop with everything on."""
POINT = 200
"""Bytes of a point in the settings, as Python numbers, or of a formula's value and its place."""
EVENT = 5_000
"""Bytes of an event of the log: the settings after it, without points. 4,600 were measured."""
GENERATOR = 6_000
"""Bytes of a checkpoint besides rows of parameters: the state of the generator of mini-batches, and names."""
N_SQUARED = 3
"""(n, n) tensors of a loss that compares every prediction with every y. 2.9 were measured."""


def memory_of(config: RunConfig, log: EventLog | None = None, trace: Trace | None = None) -> int:
    """Bytes that a run may come to take: its tensors, twice while it is in a cohort, and its trace.

    log, trace: those of a run that has already begun. What the trace has kept stays, also when `max_steps` is
    lowered afterwards.
    """
    sizes, n_values = config.sizes, config.n_weights
    n_padding = 2 * 16 * len(sizes)
    rows = 2 * (2 + OPTIMIZER_ROWS) * (n_values + n_padding)
    # Each layer's outputs before and after the activation, and their gradients.
    n = config.data.most_points
    squared = not config.data.unsqueeze_y or config.y_form == "float"
    points = 4 * n * sum(sizes) + (N_SQUARED * n * n if squared else 0)
    checkpoint = rows // 2 * FLOAT + GENERATOR
    kept = max(checkpoint, min(MAX_CHECKPOINTS * checkpoint, CHECKPOINT_BYTES))
    as_numbers = n if config.data.points is not None or config.recipe is not None else 0
    n_steps, n_kept = config.max_steps, min(config.max_steps + 1, rows_kept(n_values))
    if trace is not None:
        n_steps, n_kept = max(n_steps, len(trace.losses)), max(n_kept, trace.n_rows)
    changes = EVENT * len(log.changes) + POINT * log.n_points if log is not None else 0
    numbers = FLOAT * (rows + points + n_steps) + n_kept * row_size(n_values) + kept
    return BASE + numbers + POINT * as_numbers + changes
