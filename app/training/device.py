"""The device that training runs on."""

import torch


class NoDevice(Exception):
    """The device that was asked for is not there."""


def device_of(name: str) -> torch.device:
    """The device of `PLAYGROUND_DEVICE`; "auto" is the GPU where torch sees one. Raises: NoDevice."""
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise NoDevice("PLAYGROUND_DEVICE is cuda, but torch sees no GPU here")
    if name == "auto":
        name = "cuda" if there else "cpu"
    return torch.device(name)
