"""The texts of tensors of one number, which are written here and not by torch: torch is the oracle."""

import struct

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from app.calculator.variables import is_one, tensor_text

FLOATS = st.integers(0, 2**32 - 1).map(lambda bits: struct.unpack("f", struct.pack("I", bits))[0])


@given(number=FLOATS | st.integers(-(2**31), 2**31).map(float) | st.floats(-2, 2, width=32))
@example(1e8)
@example(1.00000008e8)
@example(1e-4)
@example(9.9999e-5)
@example(-0.0)
@example(float("nan"))
def test_any_number_is_written_as_torch_does(number: float) -> None:
    for tensor in (torch.tensor(number), torch.tensor([[number]])):
        assert is_one(tensor)
        assert tensor_text(tensor) == str(tensor)


def test_what_stands_behind_the_number_is_torchs() -> None:
    leaf = torch.ones(1, requires_grad=True)
    others = (
        leaf.double(),
        torch.nn.Parameter(leaf),
        torch.ones(1, dtype=torch.int32),
        torch.ones(1).to_sparse(),
    )
    for tensor in (leaf, leaf * 2, *others):
        assert tensor_text(tensor) == str(tensor)


@pytest.mark.parametrize("kind", ["a dual number", "a wrapped tensor"])
def test_other_tensors_are_left_to_torch(kind: str) -> None:
    texts: list[str] = []

    def function(x: torch.Tensor) -> torch.Tensor:
        texts.extend((tensor_text(x), str(x)))
        return x * x

    one = torch.ones(())
    torch.func.grad(function)(one) if kind == "a wrapped tensor" else torch.func.jvp(function, (one,), (one,))
    assert texts[0] == texts[1]
