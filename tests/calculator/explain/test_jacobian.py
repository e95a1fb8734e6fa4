"""Derivatives as matrices, against differences worked out here in float64, without autograd."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from app.calculator.explain import jacobian
from app.calculator.explain.matrices import Matrix
from app.calculator.explain.tape import walk
from tests.calculator.explain.told import told

Function = Callable[..., Tensor]


def measured(function: Function, inputs: list[Tensor], which: int) -> Matrix:
    """The Jacobian by one input: central differences, an element of the input at a time."""
    h = 1e-6
    columns = []
    with torch.no_grad():
        for element in range(inputs[which].numel()):
            moved = []
            for sign in (1, -1):
                changed = [tensor.clone() for tensor in inputs]
                changed[which].view(-1)[element] += sign * h
                moved.append(function(*changed).flatten())
            columns.append(((moved[0] - moved[1]) / (2 * h)).tolist())
    return [list(row) for row in zip(*columns, strict=True)]


def leaves(*shapes: tuple[int, ...]) -> list[Tensor]:
    generator = torch.Generator().manual_seed(7)
    return [
        (torch.rand(shape, generator=generator, dtype=torch.float64) + 0.5).requires_grad_()
        for shape in shapes
    ]


OPERATIONS: dict[str, tuple[Function, list[tuple[int, ...]]]] = {
    "product": (torch.mul, [(3,), (3,)]),
    "product with broadcasting": (torch.mul, [(2, 3), (3,)]),
    "quotient": (torch.div, [(2,), (2,)]),
    "power": (torch.pow, [(3,), (3,)]),
    "matrix product": (torch.matmul, [(2, 3), (3, 2)]),
    "dot product": (torch.dot, [(4,), (4,)]),
    "softmax": (lambda x: x.softmax(dim=0), [(4,)]),
    "mean": (torch.mean, [(2, 3)]),
    "sum along a dimension": (lambda x: x.sum(dim=1), [(2, 3)]),
    "norm": (torch.norm, [(3,)]),
    "largest": (lambda x: x.max(dim=0).values, [(5,)]),
    "transposed": (torch.t, [(2, 3)]),
    "indexed": (lambda x: x[torch.tensor([2, 0, 2])], [(4,)]),
    "stacked": (lambda x, y: torch.stack([x, y]), [(3,), (3,)]),
    "cumulative sum": (lambda x: x.cumsum(dim=0), [(5,)]),
    "expanded": (lambda x: x.expand(3, 2), [(2,)]),
    "determinant": (torch.det, [(2, 2)]),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_derivative_of_one_operation_is_the_measured_one(name: str) -> None:
    function, shapes = OPERATIONS[name]
    inputs = leaves(*shapes)
    result = function(*inputs)
    node = result.grad_fn
    assert node is not None
    with torch.no_grad():
        found = jacobian.pulled_back(walk([node], 10), (node, result.output_nr))
    for before, matrix in found.items():
        which = next(k for k, leaf in enumerate(inputs) if before.variable is leaf)  # type: ignore[attr-defined]
        assert torch.tensor(matrix).allclose(torch.tensor(measured(function, inputs, which)), atol=1e-7)
    assert len(found) == len(inputs)
    with torch.no_grad():
        local = jacobian.local(node)
    for (output, slot), matrix in local.items():
        tracked = node.next_functions[slot][0]
        if output == result.output_nr and tracked in found:
            assert matrix == found[tracked]


def composed(x: Tensor, w: Tensor) -> Tensor:
    hidden = torch.tanh(w @ x)
    return torch.stack([hidden.sum(), (hidden * hidden).prod(), hidden[0] / (1 + hidden[1].exp())])


def test_the_jacobian_of_a_computation_is_the_measured_one_and_the_one_of_torch() -> None:
    x, w = leaves((3,), (12, 3))  # twelve hidden values: more than is ever written out
    result = composed(x, w)
    assert result.grad_fn is not None
    with torch.no_grad():
        found = jacobian.pulled_back(walk([result.grad_fn], 100), (result.grad_fn, 0))
    (matrix,) = found.values()  # w has 36 elements, too many rows times columns
    assert torch.tensor(matrix).allclose(torch.tensor(measured(composed, [x, w], 0)), atol=1e-7)
    functional: Any = torch.autograd.functional
    theirs = functional.jacobian(composed, (x, w))[0]
    assert torch.tensor(matrix, dtype=torch.float64).allclose(theirs)


def test_asking_runs_no_hook_frees_nothing_and_fills_no_gradient() -> None:
    x: Any = leaves((2,))[0]
    said: list[str] = []
    x.register_hook(lambda gradient: said.append("leaf"))
    y = x.exp()
    y.register_hook(lambda gradient: said.append("result"))
    z = y * y
    assert z.grad_fn is not None
    tape = walk([z.grad_fn], 10)
    with torch.no_grad():
        jacobian.pulled_back(tape, (z.grad_fn, 0))
        for node in tape.operations:
            jacobian.local(node)
    assert said == []
    assert x.grad is None
    z.sum().backward()
    gradient: Any = x.grad
    assert gradient.allclose(2 * (2 * x).exp())
    assert said == ["result", "leaf"]


def refused() -> Iterator[Tensor]:
    """Results whose derivatives cannot or should not be asked for."""
    (x,) = leaves((2,))
    freed = (x * x).sum()
    torch.autograd.backward(freed)
    yield freed
    changed = x.exp()
    later = changed * 2
    changed.add_(1)
    del later
    yield x.exp().expand(9, 2)  # too many rows
    yield torch.complex(x, x) * 2


def test_where_torch_has_no_answer_there_is_none() -> None:
    for result in refused():
        node = result.grad_fn
        assert node is not None
        with torch.no_grad():
            assert jacobian.pulled_back(walk([node], 10), (node, 0)) == {}


def test_weights_times_the_jacobian_are_what_arrives_in_grad() -> None:
    derivation = told(
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\n"
        "z = torch.stack([x.sum(), (x * x).sum()])\n"
        "z.backward(gradient=torch.tensor([1., 0.5]))\n"
        "print(x.grad)"
    )
    (found,) = derivation.jacobians
    assert found.values == [[1, 1, 1], [2, 4, 6]]
    assert found.gradient == [1, 0.5]
    assert found.product == [2, 3, 4]
    assert derivation.printed == "tensor([2., 3., 4.])\n"
    assert (found.rows, found.columns) == (2, 3)


def test_a_jacobian_is_told_before_torch_refuses_a_non_scalar() -> None:
    derivation = told("x = torch.tensor([1., 2.], requires_grad=True)\nz = x * 3\nz.backward()")
    (found,) = derivation.jacobians
    assert (found.values, found.gradient, found.product) == ([[3, 0], [0, 3]], None, None)
    assert derivation.error is not None
    assert derivation.error.topic == "backward_non_scalar"


def test_of_a_large_jacobian_only_the_size_is_told() -> None:
    derivation = told("x = torch.ones(20, requires_grad=True)\n(x * 2).backward(torch.ones(20))")
    (found,) = derivation.jacobians
    assert (found.rows, found.columns, found.values, found.product) == (20, 20, None, None)


def test_weights_of_the_wrong_shape_are_torchs_business() -> None:
    derivation = told("x = torch.ones(3, requires_grad=True)\n(x * 2).backward(torch.ones(2))")
    assert derivation.error is not None
    assert derivation.error.topic == "gradient_shape"
    assert derivation.error.params == {"given": "[2]", "expected": "[3]"}
    assert [found.product for found in derivation.jacobians] == [None]
