"""Work that torch does only once, done before the first run needs it."""

import torch

from app.protocol.runs import RunConfig
from app.training.alone import Alone
from app.training.run import Run


def warm_up(device: torch.device) -> None:
    """Take two steps of a run on `device`: what torch imports late, the first run need not wait for."""
    config = RunConfig.model_validate({"scheduler": {"name": "StepLR", "step_size": 1}})
    run = Run("warm-up", config, device)
    run.play_steps(2)
    alone = Alone(run)
    while alone.step():
        pass
