"""The initial weights of a script: how they come of a seed, or their values."""

import struct
from collections.abc import Sequence
from typing import Any, get_args

import torch
from torch import Tensor, nn

from app.calculator.scripts.network import Layer
from app.calculator.scripts.points import short
from app.protocol.runs import MAX_DRAWN, MAX_SEED, Init

WORDS = 624
"""Numbers that the Mersenne twister makes at a time."""
HEAD, NUMBERS = "<QiiQ", slice(24, 24 + 8 * WORDS)
"""The state's head, whose last number is how many of those were drawn, and where they are."""


def position(state: Tensor, seed: int) -> int | None:
    """How many numbers were drawn between `torch.manual_seed(seed)` and a state; None: too many to tell.

    >>> _ = torch.manual_seed(3); _ = torch.rand(1000); position(torch.get_rng_state(), 3)
    1000
    """
    generator = torch.Generator()
    generator.manual_seed(seed)
    wanted = state.numpy().tobytes()
    if generator.get_state().numpy().tobytes()[NUMBERS] == wanted[NUMBERS]:
        return 0
    drawn = struct.unpack_from(HEAD, wanted)[3]
    torch.rand(1, generator=generator)
    for block in range(MAX_DRAWN // WORDS):
        if generator.get_state().numpy().tobytes()[NUMBERS] == wanted[NUMBERS]:
            return int(block * WORDS + drawn)
        torch.rand(WORDS, generator=generator)
    return None


def model_settings(
    layers: Sequence[Layer], seed: int, state: Tensor | None, batches: Tensor | None
) -> dict[str, Any] | None:
    """The settings that make these weights. state: of the random numbers before they were made. batches:
    before the first mini-batch was drawn; None: none is. None: no run draws mini-batches like that.
    """
    drawn = position(state, seed) if state is not None and 0 <= seed <= MAX_SEED else None
    first_batch = None if batches is None else position(batches, seed)
    if drawn is not None:
        for init in get_args(Init):
            after = made_again(layers, init, seed, drawn)
            if after is not None and (batches is None or first_batch == position(after, seed)):
                return {"init": init, "drawn": drawn}
    values = torch.cat([part.reshape(-1) for layer in layers for part in (layer.weight, layer.bias)])
    settings = {"weights": [short(value) for value in values.numpy()]}
    if batches is None:
        return settings
    spent = position(after_making(layers, seed), seed)
    if first_batch is None or spent is None or first_batch < spent:
        return None
    return settings | {"drawn": first_batch - spent}


def made_again(layers: Sequence[Layer], init: str, seed: int, drawn: int) -> Tensor | None:
    """The state of the random numbers after these weights were made anew; None: others come of it."""
    torch.default_generator.manual_seed(seed)
    torch.rand(drawn)
    made = [nn.Linear(layer.weight.shape[1], layer.weight.shape[0]) for layer in layers]
    if init != "default":
        for layer in made:
            getattr(nn.init, init)(layer.weight)
    same = all(
        torch.equal(ours.weight, theirs.weight) and torch.equal(ours.bias, theirs.bias)
        for ours, theirs in zip(made, layers, strict=True)
    )
    return torch.get_rng_state() if same else None


def after_making(layers: Sequence[Layer], seed: int) -> Tensor:
    """The state of the random numbers after such layers were made first of all."""
    torch.default_generator.manual_seed(seed)
    for layer in layers:
        nn.Linear(layer.weight.shape[1], layer.weight.shape[0])
    return torch.get_rng_state()
