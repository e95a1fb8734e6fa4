"""A run alone beside the plain script, in random settings."""

from random import Random

import torch

from app.training.alone import Alone
from app.training.run import Run
from tests.training.configs import random_config
from tests.training.device import DEVICE
from tests.training.plain import plain, values_of

CONFIGS = 100
STEPS = 25


def same(ours: list[float], theirs: list[float]) -> bool:
    """Bit for bit; a number that is not one equals itself."""
    return torch.equal(torch.tensor(ours).view(torch.int32), torch.tensor(theirs).view(torch.int32))


def test_in_any_settings_a_run_alone_is_bit_for_bit_the_plain_loop() -> None:
    random = Random(0)
    configs = [random_config(random) for _ in range(CONFIGS)]
    different = []
    for config, expected in zip(configs, plain([(config, STEPS) for config in configs]), strict=True):
        run = Run("a run", config, DEVICE, values_of(config))
        run.play(None)
        alone = Alone(run)
        while run.step < STEPS and alone.step():
            pass
        picture = alone.snapshots()[run].unpack(run.parameters)
        stopped_early = run.step < STEPS
        if not same(list(run.losses), expected.losses[: run.step]) or not (
            stopped_early or str(picture.parameters) == str(expected.parameters)  # NaN is not equal to itself
        ):
            different.append(config)
    assert different == []
    assert sum(1 for config in configs if config.batch_size) > 10
