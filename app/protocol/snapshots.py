"""Snapshots of a run, as a record (JSON) and as bytes (for the page).

Binary form, version 4, little-endian; every block is 4-byte aligned so a browser can map it as Float32Array:

    offset  type     meaning
    0       u8       version (4)
    1       u8       flags: 1 diverged, 2 gradients present, 4 loss present, 8 test_loss present
    2       u16      D: number of dead units
    4       u32      step
    8       f32      loss
    12      f32      test_loss
    16      u32      losses_from: the step whose loss is losses[0]; steps count from 1
    20      u32      P: number of prediction values, one per data point
    24      u32      G: number of grid_prediction values
    28      u32      W: number of parameter values
    32      u32      L: number of losses
    36      f64      lr
    44      u32      S: number of bytes of the surface, a multiple of 4
    48      f32[P]   prediction
            f32[G]   grid_prediction
            f32[W]   parameters, each flattened, in the order `started` gives
            f32[W]   gradients, if flagged
            u32[D]   the dead units, ascending, counted from 0 through all hidden layers
            u8[S]    the surface, if the model is no curve (`app.protocol.surfaces`)
            f32[L]   losses

The losses come last, so the web process can give each viewer its own without touching the rest.
"""

import struct
from collections.abc import Sequence

from typing_extensions import TypeAliasType

from app.protocol.record import Record
from app.protocol.runs import ParameterInfo
from app.protocol.surfaces import Surface, unpack_surface

VERSION = 4
DIVERGED, HAS_GRADIENTS, HAS_LOSS, HAS_TEST_LOSS = 1, 2, 4, 8
HEADER = struct.Struct("<BBHIffIIIIIdI")

Nested = TypeAliasType("Nested", "float | list[Nested] | None")


class Snapshot(Record):
    """A run after `step` steps. Values that are not finite are null.

    The loss is the one that the last step computed before it changed the parameters, as in a printed training
    loop; the predictions are those of the parameters given here.
    """

    step: int
    loss: float | None
    """None before the first step."""
    test_loss: float | None = None
    lr: float
    """The learning rate of the next step, as a scheduler has changed it."""
    diverged: bool
    prediction: list[float | None]
    """The model's output at each data point, in the order of the data; with classes, the class it takes each
    point for."""
    grid_prediction: list[float | None]
    """The model's output at each point of the grid in `started`: the fitted curve. Empty with classes or two
    inputs, which have a `surface`."""
    parameters: dict[str, Nested]
    gradients: dict[str, Nested | None]
    """`.grad` of each parameter; null where it is None."""
    dead_units: list[list[int]]
    """The dead units of each hidden layer, from 0: a ReLU whose output is 0 at every data point, so that no
    gradient reaches its weights. Other activations have a slope everywhere, so their units are never dead."""
    surface: Surface | None = None
    """The model over the plane; null if it is a curve."""
    accuracy: float | None = None
    """With classes: the part of the points to learn from that the model takes for what they are."""
    test_accuracy: float | None = None
    """The same of the points held out."""
    confusion: list[list[int]] | None = None
    """With classes: how many points of each class (a row) the model takes for each class (a column)."""


class PackedSnapshot:
    """A snapshot in its binary form without losses. Immutable and shared by all viewers.

    body: header and values. step: read from the header.
    """

    __slots__ = ("body", "step")

    def __init__(self, body: bytes) -> None:
        if body[0] != VERSION:
            raise ValueError(f"snapshot version {body[0]}, expected {VERSION}")
        self.body = body
        self.step: int = HEADER.unpack_from(body)[3]

    @classmethod
    def each(cls, bodies: bytes) -> "list[PackedSnapshot]":
        """The snapshots whose bodies follow one another."""
        snapshots = []
        start = 0
        while start < len(bodies):
            _, flags, n_dead, *_, n_prediction, n_grid, n_values, _, _, surface = HEADER.unpack_from(
                bodies, start
            )
            n_parameters = n_values * (2 if flags & HAS_GRADIENTS else 1)
            end = start + HEADER.size + 4 * (n_prediction + n_grid + n_parameters + n_dead) + surface
            snapshots.append(cls(bodies[start:end]))
            start = end
        return snapshots

    @classmethod
    def build(
        cls,
        *,
        step: int,
        loss: float | None,
        test_loss: float | None,
        lr: float,
        diverged: bool,
        prediction: bytes,
        grid_prediction: bytes,
        parameters: bytes,
        gradients: bytes | None,
        dead_units: Sequence[int] = (),
        surface: bytes = b"",
    ) -> "PackedSnapshot":
        """The snapshot made of float32 little-endian blocks, and of a packed surface."""
        flags = (
            DIVERGED * diverged
            | HAS_GRADIENTS * (gradients is not None)
            | HAS_LOSS * (loss is not None)
            | HAS_TEST_LOSS * (test_loss is not None)
        )
        header = HEADER.pack(
            VERSION, flags, len(dead_units), step, loss or 0.0, test_loss or 0.0, step + 1,
            len(prediction) // 4, len(grid_prediction) // 4, len(parameters) // 4, 0, lr, len(surface),
        )  # fmt: skip
        dead = struct.pack(f"<{len(dead_units)}I", *dead_units)
        return cls(
            b"".join((header, prediction, grid_prediction, parameters, gradients or b"", dead, surface))
        )

    def with_losses(self, losses_from: int, losses: bytes) -> bytes:
        """The message for one viewer: the snapshot, and float32 losses from step `losses_from` on."""
        message = bytearray(self.body)
        struct.pack_into("<I", message, 16, losses_from)
        struct.pack_into("<I", message, 32, len(losses) // 4)
        return bytes(message + losses)

    def unpack(self, parameters: Sequence[ParameterInfo]) -> Snapshot:
        """The snapshot as a record. parameters: as in `started`."""
        _, flags, n_dead, step, loss, test_loss, _, n_prediction, n_grid, n_values, _, lr, n_surface = (
            HEADER.unpack_from(self.body)
        )
        end = len(self.body) - n_surface
        blocks = memoryview(self.body)[HEADER.size : end]
        dead_from = len(blocks) - 4 * n_dead
        values = blocks[:dead_from].cast("f").tolist()
        n_curve = n_prediction + n_grid
        gradients = values[n_curve + n_values :] if flags & HAS_GRADIENTS else None
        return Snapshot(
            step=step,
            loss=loss if flags & HAS_LOSS else None,
            test_loss=test_loss if flags & HAS_TEST_LOSS else None,
            lr=lr,
            diverged=bool(flags & DIVERGED),
            prediction=values[:n_prediction],
            grid_prediction=values[n_prediction:n_curve],
            parameters=named_values(parameters, values[n_curve : n_curve + n_values]),
            gradients=named_values(parameters, gradients)
            if gradients
            else {p.name: None for p in parameters},
            dead_units=by_layer(parameters, blocks[dead_from:].cast("I").tolist()),
            **unpack_surface(self.body[end:]),
        )


def by_layer(parameters: Sequence[ParameterInfo], units: Sequence[int]) -> list[list[int]]:
    """One list per hidden layer of units that are numbered through all hidden layers.

    parameters: weight and bias of each hidden layer in turn, then those of the last layer.
    """
    layers = []
    first = 0
    for bias in parameters[1:-2:2]:
        (size,) = bias.shape
        layers.append([unit - first for unit in units if first <= unit < first + size])
        first += size
    return layers


def named_values(parameters: Sequence[ParameterInfo], flat: Sequence[float]) -> dict[str, Nested]:
    """A flat row of values, cut into one nested list per parameter."""
    result: dict[str, Nested] = {}
    offset = 0
    for parameter in parameters:
        result[parameter.name] = nested(flat[offset : offset + parameter.size], parameter.shape)
        offset += parameter.size
    return result


def nested(flat: Sequence[float], shape: tuple[int, ...]) -> Nested:
    """`flat` as nested lists of the given shape, like `torch.Tensor.tolist`.

    >>> nested([1.0, 2.0, 3.0, 4.0], (2, 2))
    [[1.0, 2.0], [3.0, 4.0]]
    """
    if not shape:
        return flat[0]
    stride = len(flat) // shape[0] if shape[0] else 0
    return [nested(flat[i * stride : (i + 1) * stride], shape[1:]) for i in range(shape[0])]
