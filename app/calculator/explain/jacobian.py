"""Derivatives of small pieces as matrices: of one operation, and of an output by each leaf.

Both ask torch's own nodes: calling a node multiplies a row by its Jacobian and, unlike `backward()`, runs no
hook, frees no saved value and adds to no `.grad`. To be called under `torch.no_grad()`.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import Node

from app.calculator.explain.matrices import MAX_ENTRIES, MAX_ROWS, Matrix, row_of, times
from app.calculator.explain.passes import Pass
from app.calculator.explain.picture import Picture
from app.calculator.explain.tape import MAX_INPUTS, Edge, Walk, output_shape
from app.protocol.explanation import Jacobian

MAX_ELEMENTS = 100_000
"""Elements of all the tensors between an output and its leaves, for the Jacobian to be worked out."""

MAX_PAIRS = 24
"""Pairs of an output and a leaf."""


def local(node: Node) -> dict[tuple[int, int], Matrix]:
    """The derivatives of one operation, by output and input, where they are small.

    Empty where torch has none to give (the saved values are freed, or were changed in place since) and for
    complex numbers, whose derivatives are no plain matrices.
    """
    outputs = [metadata.shape for metadata in node._input_metadata]
    if len(outputs) > MAX_ROWS or len(node.next_functions) > MAX_INPUTS:
        return {}
    inputs = _input_shapes(node)
    sizes = [0 if shape is None else prod(shape) for shape in inputs]
    rows = sum(map(prod, outputs))
    if not 0 < rows <= MAX_ROWS or rows * max(sizes, default=0) > MAX_ENTRIES or _is_complex(node):
        return {}
    found: dict[tuple[int, int], Matrix] = {}
    try:
        for output in range(len(outputs)):
            for unit in _units(node, output):
                weights = [unit if k == output else None for k in range(len(outputs))]
                for slot, gradient in enumerate(_called(node, weights, inputs)):
                    if sizes[slot]:
                        found.setdefault((output, slot), []).append(_entries(gradient, sizes[slot]))
    except (RuntimeError, TypeError):
        return {}
    return found


def pulled_back(tape: Walk, root: Edge) -> dict[Node, Matrix]:
    """The Jacobian of `root` by each leaf, keyed by the leaf's node; too large a leaf is left out.

    tape: every operation between the root and its leaves. Empty where the root or what is between is too
    large, or a saved value is gone.
    """
    rows = prod(output_shape(*root))
    if not 0 < rows <= MAX_ROWS or not _is_small(tape) or _is_complex(root[0]):
        return {}
    sizes = {leaf: prod(output_shape(leaf, 0)) for leaf in tape.leaves}
    found: dict[Node, Matrix] = {leaf: [] for leaf, size in sizes.items() if rows * size <= MAX_ENTRIES}
    try:
        for unit in _units(*root):
            arrived = _flow(tape, root, unit)
            for leaf, matrix in found.items():
                matrix.append(_entries(arrived.get((leaf, 0)), sizes[leaf]))
    except (RuntimeError, TypeError):
        return {}
    return found


def jacobians(picture: Picture, passes: Sequence[Pass]) -> list[Jacobian]:
    """A Jacobian for each output and leaf of a pass that has weights, or an output of several elements."""
    return list(islice(_jacobians(picture, passes), MAX_PAIRS))


def _jacobians(picture: Picture, passes: Sequence[Pass]) -> Iterator[Jacobian]:
    for flow in passes:
        for place, (number, _) in enumerate(flow.roots):
            output, weight = picture.vertices.get(f"n{number}"), flow.weights[place]
            if output is None or (weight is None and prod(output.shape) == 1):
                continue
            weights = row_of(weight) if weight is not None else None
            for leaf_number, figures in flow.values.items():
                if f"n{leaf_number}" in picture.vertices and leaf_number != number:
                    matrix = flow.jacobians.get((place, leaf_number))
                    yield Jacobian(
                        backward=flow.number,
                        output=output.id,
                        leaf=f"n{leaf_number}",
                        rows=prod(output.shape),
                        columns=prod(figures.shape),
                        values=None if matrix is None else [list(row) for row in matrix],
                        gradient=None if weights is None else [*weights[0]],
                        product=None if weights is None or matrix is None else [*times(weights, matrix)[0]],
                    )


def _flow(tape: Walk, root: Edge, unit: Tensor) -> dict[Edge, Tensor]:
    """Reverse accumulation from one output: what arrives at every operation's outputs and every leaf."""
    arrived: dict[Edge, Tensor] = {root: unit}
    for node in tape.operations:
        weights = [arrived.get((node, output)) for output in range(len(node._input_metadata))]
        if all(weight is None for weight in weights):
            continue
        gradients = _called(node, weights, _input_shapes(node))
        for (before, output), gradient in zip(node.next_functions, gradients, strict=True):
            if before is not None and gradient is not None:
                edge = (before, output)
                arrived[edge] = arrived[edge] + gradient if edge in arrived else gradient
    return arrived


def _called(
    node: Any, weights: list[Tensor | None], inputs: list[tuple[int, ...] | None]
) -> list[Tensor | None]:
    """What a node makes of the gradients of its outputs, in the shapes of its tracked inputs.

    A node leaves it to torch's engine to add up what broadcasting repeated; so it is done here.
    """
    result = node(*weights)
    gradients: list[Tensor | None] = list(result) if isinstance(result, tuple) else [result]
    for slot, (gradient, shape) in enumerate(zip(gradients, inputs, strict=True)):
        if gradient is not None and shape is not None and gradient.shape != shape:
            gradients[slot] = gradient.sum_to_size(shape)
    return gradients


def _input_shapes(node: Node) -> list[tuple[int, ...] | None]:
    """The shape of each input, None for those not tracked."""
    return [
        None if before is None else output_shape(before, output) for before, output in node.next_functions
    ]


def _units(node: Node, output: int) -> list[Tensor]:
    """Every tensor of an output's shape with a single one in it, in the order of its elements."""
    metadata = node._input_metadata[output]
    shape = metadata.shape
    n = prod(shape)
    if n == 1:
        return [torch.ones(shape, dtype=metadata.dtype)]
    return [row.view(shape) for row in torch.eye(n, dtype=metadata.dtype)]


def _entries(gradient: Tensor | None, size: int) -> list[float]:
    """One row; an undefined gradient is zero."""
    entries: list[float] = [0.0] * size if gradient is None else gradient.flatten().tolist()
    return entries


def _is_complex(node: Any) -> bool:
    """Whether the operation, or one of its inputs, has complex elements."""
    return any(
        metadata.dtype.is_complex
        for place in (node, *(before for before, _ in node.next_functions if before is not None))
        for metadata in place._input_metadata
    )


def _is_small(tape: Walk) -> bool:
    """Whether all of the graph is there, and can be run through a few times."""
    if tape.beyond or any(len(node.next_functions) > MAX_INPUTS for node in tape.operations):
        return False
    return sum(prod(output_shape(node, 0)) for node in (*tape.operations, *tape.leaves)) <= MAX_ELEMENTS
