"""Records of the protocol, made from the engine's replies; large ones in a thread, beside the event loop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.engine.reports import Reply
from app.protocol.lookback import LayerNorms, Norms, layers_of
from app.protocol.runs import Losses
from app.protocol.snapshots import PackedSnapshot, Snapshot

LARGE = 16 * 1024
"""Bytes above which unpacking takes longer than to hand it to a thread."""

T = TypeVar("T")


async def unpacked(make: Callable[[], T], payload: bytes) -> T:
    """What `make` makes of a payload."""
    return await asyncio.to_thread(make) if len(payload) > LARGE else make()


async def snapshot_of(reply: Reply, payload: bytes) -> Snapshot:
    """The snapshot in a reply to a command that promises one."""
    return await unpacked(lambda: PackedSnapshot(payload).unpack(reply.parameters), payload)


async def losses_of(first_step: int, payload: bytes) -> Losses:
    """The losses in a reply to `GetLosses`."""
    numbers = memoryview(payload).cast("f")
    return await unpacked(lambda: Losses(first_step=first_step, losses=numbers.tolist()), payload)


async def norms_of(reply: Reply, payload: bytes) -> Norms:
    """The norms in a reply to `GetNorms`."""
    return await unpacked(lambda: _norms_of(reply, payload), payload)


def _norms_of(reply: Reply, payload: bytes) -> Norms:
    assert reply.steps is not None
    steps, names = range(*reply.steps), [*layers_of(reply.parameters)]
    values = memoryview(payload).cast("f").tolist()
    half = len(steps) * len(names)
    return Norms(
        steps=[*steps],
        layers={
            name: LayerNorms(gradient=values[i : half : len(names)], update=values[half + i :: len(names)])
            for i, name in enumerate(names)
        },
    )
