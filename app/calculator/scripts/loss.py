"""The loss of a script, read from the call that made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from app.calculator.scripts.network import VIEWS
from app.calculator.scripts.reasons import Reasons
from app.calculator.scripts.tape import Call
from app.protocol.runs import Loss, Reduction

LOSSES: Mapping[str, tuple[Loss, str]] = {
    "mse_loss": ("MSELoss", ""),
    "l1_loss": ("L1Loss", ""),
    "smooth_l1_loss": ("SmoothL1Loss", "beta"),
    "huber_loss": ("HuberLoss", "delta"),
    "cross_entropy": ("CrossEntropyLoss", ""),
    "binary_cross_entropy_with_logits": ("BCEWithLogitsLoss", ""),
}
"""The loss that a function of torch's computes, and what it may be told, which no run is."""
CLASSES = frozenset({
    "nll_loss", "binary_cross_entropy", "hinge_embedding_loss", "multi_margin_loss", "kl_div",
})  # fmt: skip
"""Losses of scripts that tell classes apart as no run does."""
USUAL: Mapping[str, Any] = {"weight": None, "pos_weight": None, "ignore_index": -100, "label_smoothing": 0.0}
"""What the losses of runs are not told to do otherwise."""


@dataclass(frozen=True)
class Compared:
    """What a loss compares: a prediction with y. made: the call that made the prediction."""

    loss: Loss
    reduction: Reduction
    prediction: Tensor
    made: Call | None
    y: Tensor
    y_made: Call | None


def compared(loss: Tensor, made: Call | None, reasons: Reasons) -> Compared | None:
    """Read the loss. Reasons: it is none that a run has."""
    call = made
    while call is not None and call.name in (VIEWS | {"mean", "sum"}) and call.args and single_number(call):
        call = call.source(call.args[0])
    found = None if call is None else (of_torch(call) or by_hand(call))
    if found is not None:
        return found
    if call is None:
        reasons.add("no_loss")
    else:
        classes = next((part for part in call.ancestors if part.name in CLASSES), None)
        ready = next((part for part in call.ancestors if part.name in LOSSES), None)
        if classes is not None:
            reasons.add("classes", classes.line, call=classes.name)
            return pair(
                classes, classes.argument(0, "input"), classes.argument(1, "target"), "MSELoss", "mean"
            )
        if ready is not None:
            reasons.add("more_than_a_loss", call.line, call=ready.name)
            return of_torch(ready)
        reasons.add("other_loss", call.line, call=call.name)
    return None


def single_number(call: Call) -> bool:
    """Whether a call was given one number."""
    value = call.args[0]
    return isinstance(value, Tensor) and value.numel() == 1


def of_torch(call: Call) -> Compared | None:
    """`F.mse_loss(prediction, y)` and its like."""
    if call.name in ("mean", "sum") and call.args and (inner := call.source(call.args[0])):
        if inner.name in LOSSES and inner.kwargs.get("reduction") == "none":
            reduction: Reduction = "mean" if call.name == "mean" else "sum"
            return with_defaults(inner, reduction)
        return None
    reduction = call.kwargs.get("reduction", "mean")
    if call.kwargs.get("size_average") is False:
        reduction = "sum"
    return with_defaults(call, reduction) if reduction in ("mean", "sum") else None


def with_defaults(call: Call, reduction: Reduction) -> Compared | None:
    """The loss of a call, unless it is told what no run is."""
    name, told = LOSSES.get(call.name, (None, ""))
    if name is None or (told and call.kwargs.get(told, 1.0) != 1.0):
        return None
    for setting, usual in USUAL.items():
        given = call.kwargs.get(setting, usual)
        if isinstance(given, Tensor) or given != usual:
            return None
    return pair(call, call.argument(0, "input"), call.argument(1, "target"), name, reduction)


def by_hand(call: Call) -> Compared | None:
    """`((prediction - y)**2).mean()` and what means the same."""
    reduction: Reduction = "sum"
    if call.name in ("div", "truediv") and isinstance(call.args[0], Tensor):
        count, inner = call.args[1], call.source(call.args[0])
        value = inner.args[0] if inner is not None and inner.name == "sum" and inner.args else None
        if not isinstance(value, Tensor) or value.numel() != number(count) or inner is None:
            return None
        call, reduction = inner, "mean"
    elif (found := of_differences(call, "mean")) is not None and found.prediction.numel() == 1:
        return found
    elif call.name == "mean":
        reduction = "mean"
    elif call.name != "sum":
        return None
    each = call.source(call.args[0]) if call.args else None
    return None if each is None else of_differences(each, reduction)


def of_differences(each: Call, reduction: Reduction) -> Compared | None:
    """A loss of the differences, squared or without their signs."""
    value: Any = each.args[0] if each.args else None
    squared = (
        (each.name == "pow" and number(each.argument(1, "exponent")) == 2)
        or each.name == "square"
        or (each.name == "mul" and len(each.args) == 2 and each.args[0] is each.args[1])
    )
    if not squared and each.name not in ("abs", "absolute"):
        return None
    difference = each.source(value)
    if difference is None or difference.name not in ("sub", "rsub", "subtract") or len(difference.args) != 2:
        return None
    return pair(difference, *difference.args, "MSELoss" if squared else "L1Loss", reduction)


def pair(call: Call, one: Any, other: Any, loss: Loss, reduction: Reduction) -> Compared | None:
    """Which of two is the prediction. y may be a number."""
    if type(other) in (int, float) and isinstance(one, Tensor):
        other = torch.full_like(one, other, requires_grad=False)
    if (
        not isinstance(one, Tensor)
        or not isinstance(other, Tensor)
        or one.requires_grad == other.requires_grad
    ):
        return None
    prediction, y = (one, other) if one.requires_grad else (other, one)
    return Compared(loss, reduction, prediction, call.source(prediction), y, call.source(y))


def number(value: Any) -> float | None:
    """A number, or the only one of a tensor."""
    if isinstance(value, Tensor) and value.numel() == 1:
        return float(value)
    return float(value) if isinstance(value, int | float) else None
