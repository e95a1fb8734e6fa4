"""Where these tests train: PLAYGROUND_DEVICE=cuda has them do it on a GPU."""

import os

from app.training.device import device_of

DEVICE = device_of(os.environ.get("PLAYGROUND_DEVICE", "cpu"))
