"""Records of the protocol, made from the engine's replies."""

from app.engine.reports import Reply
from app.protocol.lookback import LayerNorms, Norms, layers_of
from app.protocol.snapshots import PackedSnapshot, Snapshot


def snapshot_of(reply: Reply, payload: bytes) -> Snapshot:
    """The snapshot in a reply to a command that promises one."""
    return PackedSnapshot(payload).unpack(reply.parameters)


def norms_of(reply: Reply, payload: bytes) -> Norms:
    """The norms in a reply to `GetNorms`."""
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
