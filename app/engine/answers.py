"""Records of the protocol, made from the engine's answers; large ones in a thread, beside the event loop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.engine.port import Answer
from app.engine.reports import Logged
from app.protocol.events import EventLog
from app.protocol.lookback import LayerNorms, Norms, layers_of
from app.protocol.runs import Losses
from app.protocol.snapshots import PackedSnapshot, Snapshot

LARGE = 16 * 1024
"""Bytes above which unpacking takes longer than to hand it to a thread."""

T = TypeVar("T")


async def unpacked(make: Callable[[], T], answer: Answer) -> T:
    """What `make` makes of an answer's payload."""
    return await asyncio.to_thread(make) if len(answer.payload) > LARGE else make()


async def snapshot_of(answer: Answer) -> Snapshot:
    """The snapshot in the answer to a command that promises one."""
    return await unpacked(lambda: PackedSnapshot(answer.payload).unpack(answer.reply.parameters), answer)


async def losses_of(answer: Answer, first_step: int) -> Losses:
    """The losses in the answer to `GetLosses`."""
    numbers = memoryview(answer.payload).cast("f")
    return await unpacked(lambda: Losses(first_step=first_step, losses=numbers.tolist()), answer)


async def log_of(answer: Answer) -> EventLog:
    """The log in the answer to `GetLog`."""
    logged = await unpacked(lambda: Logged.model_validate_json(answer.payload), answer)
    log = EventLog(logged.begin)
    log.events += logged.events
    return log


async def norms_of(answer: Answer) -> Norms:
    """The norms in the answer to `GetNorms`."""
    return await unpacked(lambda: _norms_of(answer), answer)


def _norms_of(answer: Answer) -> Norms:
    reply = answer.reply
    assert reply.steps is not None
    steps, names = range(*reply.steps), [*layers_of(reply.parameters)]
    values = memoryview(answer.payload).cast("f").tolist()
    half = len(steps) * len(names)
    return Norms(
        steps=[*steps],
        layers={
            name: LayerNorms(gradient=values[i : half : len(names)], update=values[half + i :: len(names)])
            for i, name in enumerate(names)
        },
    )
