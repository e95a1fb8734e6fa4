"""What may be read of a tensor, reviewed name by name.

Left out: whatever reaches storages, addresses, devices' inside, files, sparse, quantized and nested
layouts, or hands a Python callable to every element.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from app.calculator.gates import data_gate, method_gate, pieces_gate, repeats_gate, squared_gate
from app.calculator.interpreter.engine import backward
from app.calculator.names.arrays import to_numpy
from app.calculator.names.filled import zero_filled
from app.calculator.names.values import Class, Gate, Member, words

PROPERTIES = words("""
    T H mT mH data device dtype grad grad_fn imag is_leaf itemsize layout nbytes ndim real
    requires_grad retains_grad shape _version is_cuda is_sparse is_quantized is_meta
""")

POINTWISE = words("""
    abs absolute acos acosh add addcdiv addcmul arccos arccosh arcsin arcsinh arctan arctan2 arctanh
    asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_not bitwise_or
    bitwise_right_shift bitwise_xor ceil clamp clamp_max clamp_min clip copysign cos cosh deg2rad
    digamma div divide eq erf erfc erfinv exp exp2 expm1 fix float_power floor floor_divide fmod
    frac gcd ge greater greater_equal gt heaviside hypot i0 igamma igammac lcm ldexp le lerp less
    less_equal lgamma log log10 log1p log2 logical_and logical_not logical_or logical_xor logit lt
    masked_fill mul multiply mvlgamma nan_to_num ne neg negative nextafter not_equal polygamma pow
    rad2deg reciprocal relu remainder round rsqrt sgn sigmoid sign sin sinc sinh sqrt square sub
    subtract tan tanh true_divide trunc xlogy addbmm addmm addmv addr baddbmm cumprod cumsum
    index_add index_copy index_fill index_put index_reduce masked_scatter put renorm scatter
    scatter_add scatter_reduce squeeze swapaxes swapdims t transpose tril triu unsqueeze detach
""")
"""Each also in its in-place form, with a trailing underscore."""

PLAIN = words("""
    adjoint all allclose amax amin aminmax angle any argmax argmin argsort argwhere bmm broadcast_to
    cdouble cfloat cholesky cholesky_inverse cholesky_solve clone conj conj_physical contiguous
    count_nonzero cpu cuda cross cummax cummin det diagonal diagonal_scatter diff dim dist dot
    element_size equal expand expand_as flatten flip fliplr flipud fmax fmin frexp gather get_device
    half hardshrink histc index_select inner inverse is_complex is_contiguous is_floating_point
    is_inference is_nonzero is_same_size is_signed isclose isfinite isinf isnan isneginf isposinf
    isreal item kron kthvalue log_softmax logaddexp logaddexp2 logcumsumexp logdet logsumexp lu
    masked_select matmul matrix_exp matrix_power max maximum mean median min minimum mm mode
    moveaxis movedim msort mv nanmean nanmedian nanquantile nansum narrow ndimension nelement
    new_full new_ones new_zeros nonzero norm numel outer ger permute pinverse positive prelu prod
    quantile ravel requires_grad_ reshape reshape_as retain_grad roll rot90 select select_scatter
    signbit size slice_scatter slogdet softmax sort std storage_offset stride sum sum_to_size take
    take_along_dim tile to topk trace triangular_solve type_as unflatten unfold unique
    unique_consecutive var vdot view view_as where bool byte char double float int long short
    bfloat16 register_hook register_post_accumulate_grad_hook bernoulli bernoulli_ cauchy_
    exponential_ geometric_ log_normal_ multinomial normal_ random_ uniform_ copy_ erfinv_ fill_
    fill_diagonal_ zero_
""")


SQUARED = words("corrcoef cov diag diag_embed diagflat qr svd")
"""Their results can have as many elements as their inputs, squared."""


PIECES = words("chunk dsplit hsplit split split_with_sizes tensor_split unbind unsafe_chunk vsplit tolist")
"""They make many pieces."""


def skip_first(gate: Gate) -> Gate:
    """The gate for a method whose tensor does not count."""
    return lambda args, kwargs: gate(args[1:], kwargs)


def tensor_type(tensor: Tensor, *args: Any, **kwargs: Any) -> Any:
    """`tensor.type()`, and `tensor.type(torch.FloatTensor)` for the stand-ins of types."""
    return tensor.type(*(arg.real if type(arg) is Class else arg for arg in args), **kwargs)


def members() -> dict[str, Member]:
    """The table: name to member."""
    table = {name: Member(name, call=False) for name in PROPERTIES}
    names: Iterable[str] = (*PLAIN, *POINTWISE, *(f"{name}_" for name in POINTWISE))
    for name in names:
        if hasattr(Tensor, name):  # a few have no in-place form
            table[name] = Member(name, real=getattr(Tensor, name), gate=method_gate(name))
    for name in SQUARED:
        real = getattr(Tensor, name)
        table[name] = Member(name, real=real, gate=squared_gate(real))
    for name in PIECES:
        table[name] = Member(name, real=getattr(Tensor, name), gate=pieces_gate)
    table["new_tensor"] = Member("new_tensor", real=Tensor.new_tensor, gate=skip_first(data_gate))
    table["repeat"] = Member("repeat", gate=method_gate("repeat"))
    table["repeat_interleave"] = Member("repeat_interleave", gate=repeats_gate)
    table["bincount"] = Member("bincount", gate=repeats_gate)
    table["backward"] = Member("backward", real=backward)
    table["numpy"] = Member("numpy", real=to_numpy)
    table["type"] = Member("type", real=tensor_type)
    table["new_empty"] = Member(
        "new_empty", real=zero_filled(torch.Tensor.new_empty), gate=method_gate("new_empty")
    )
    return table
