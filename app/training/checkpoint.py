"""Checkpoints: all that the further steps of a run depend on, as bytes. Nothing in them is ever executed."""

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from pydantic import JsonValue, ValidationError
from torch import Tensor

from app.protocol.record import Record
from app.protocol.runs import FinishReason
from app.training.loop import Loop

LENGTH = struct.Struct("<I")
"""Before the header: its length. The payload follows it."""
MAX_CHECKPOINTS = 8
CHECKPOINT_BYTES = 64 * 1024
"""Most checkpoints of a run that are kept in memory, and their bytes; the last one always is."""
DTYPES = {"float32": torch.float32, "float64": torch.float64, "int64": torch.int64, "uint8": torch.uint8}


class Damaged(Exception):
    """A checkpoint does not fit the run that it is to be loaded into."""


class Block(Record):
    """A tensor of the payload: its name, its dtype and its shape."""

    name: str
    dtype: str
    shape: tuple[int, ...]


class Header(Record):
    """What a checkpoint holds besides tensors.

    step: number of steps taken. cursor: number of events of the log that were carried out before. reason: why
    the run had ended, if it had. schedule, lr: the scheduler's own numbers, and the learning rate of the next
    step. next_point: the place in the epoch. loss: of the last step.
    """

    step: int
    cursor: int
    reason: FinishReason | None
    has_grads: bool
    warning: str | None
    schedule: dict[str, JsonValue] | None
    lr: float
    next_point: int | None
    loss: float | None
    blocks: tuple[Block, ...]


def can_be_saved(loop: Loop) -> bool:
    """Whether a checkpoint can hold all of a loop.

    Not in the middle of a step; nor while a line is switched off without which the graph of an earlier step
    is still of use.
    """
    lines = loop.config.loop
    return not loop.is_in_step and lines.forward and lines.loss and lines.backward


def save(loop: Loop, step: int, cursor: int, reason: FinishReason | None) -> bytes:
    """The checkpoint of a run whose loop is up to date. Its arguments: see `Header`."""
    tensors = dict(tensors_of(loop))
    last = loop.last
    schedule = loop.schedule
    header = Header(
        step=step,
        cursor=cursor,
        reason=reason,
        has_grads=loop.has_grads,
        warning=loop.warning,
        schedule=schedule.numbers if schedule else None,
        lr=loop.lr,
        next_point=loop.batches.next if loop.batches else None,
        loss=None if last is None else last[1],
        blocks=tuple(
            Block(name=name, dtype=str(tensor.dtype).removeprefix("torch."), shape=tuple(tensor.shape))
            for name, tensor in tensors.items()
        ),
    )
    payload = b"".join(tensor.cpu().contiguous().numpy().tobytes() for tensor in tensors.values())
    text = header.model_dump_json().encode()
    return LENGTH.pack(len(text)) + text + payload


def tensors_of(loop: Loop) -> Iterator[tuple[str, Tensor]]:
    """The tensors of a checkpoint, by name."""
    yield "theta", loop.theta.detach()
    yield "grad", loop.grad
    for name, state in loop.optimizer_state.items():
        yield f"optimizer.{name}", state.detach()
    if loop.batches is not None:
        yield "epoch", loop.batches.epoch
    if loop.generator_state is not None:
        yield "generator", loop.generator_state
    if loop.last is not None:
        yield "prediction", loop.last[0]


def parts(checkpoint: bytes) -> tuple[Header, dict[str, Tensor]]:
    """A checkpoint's header and its tensors. Raises: Damaged."""
    try:
        (length,) = LENGTH.unpack_from(checkpoint)
        header = Header.model_validate_json(checkpoint[LENGTH.size : LENGTH.size + length])
        payload = checkpoint[LENGTH.size + length :]
        tensors: dict[str, Tensor] = {}
        start = 0
        for block in header.blocks:
            tensor = tensors[block.name] = torch.empty(block.shape, dtype=DTYPES[block.dtype])
            end = start + tensor.nbytes
            tensor.view(-1).numpy().view(np.uint8)[:] = np.frombuffer(payload[start:end], np.uint8)
            start = end
    except (struct.error, ValidationError, KeyError, ValueError, RuntimeError) as error:
        raise Damaged(str(error)) from error
    return header, tensors


def load(loop: Loop, header: Header, tensors: dict[str, Tensor]) -> None:
    """Bring a loop with the settings of a checkpoint to where that was made. Raises: Damaged."""
    try:
        _load(loop, header, tensors)
    except (KeyError, RuntimeError, TypeError, ValueError, AttributeError) as error:
        raise Damaged(str(error)) from error


def _load(loop: Loop, header: Header, tensors: dict[str, Any]) -> None:
    device = loop.theta.device
    loop.theta.copy_(tensors["theta"])
    loop.grad.copy_(tensors["grad"])
    loop.has_grads, loop.warning = header.has_grads, header.warning
    loop.optimizer_state = {
        name.removeprefix("optimizer."): tensor if tensor.dim() == 0 else tensor.to(device)
        for name, tensor in tensors.items()
        if name.startswith("optimizer.")
    }
    if loop.schedule is not None and header.schedule is not None:
        loop.schedule.numbers = header.schedule
        loop.schedule.lr = header.lr
    if "generator" in tensors:
        loop.generator_state = tensors["generator"]
    if loop.batches is not None and header.next_point is not None:
        loop.batches.epoch, loop.batches.next = tensors["epoch"], header.next_point
    if header.loss is not None:
        loop.take_step(tensors["prediction"].to(device), header.loss)
