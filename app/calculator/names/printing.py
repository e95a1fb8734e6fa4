"""`torch.set_printoptions`: its options decide how much of each tensor is written, and whether it can be."""

from typing import Any

from app.calculator.limits import MAX_PRINT_OPTION
from app.calculator.refusals import NotSupported, TextTooLong
from app.errors import N_

PRINT_OPTIONS = ("precision", "threshold", "edgeitems", "linewidth")
"""The first parameters of `torch.set_printoptions`, which torch takes as they are and uses much later."""


def print_options_gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Options of printing: no tensor may fill the page, or fail to be written."""
    if "full" in (*args, kwargs.get("profile")):
        raise NotSupported(N_("`{construct}` is not supported here."), construct='profile="full"')
    for name, value in (dict(zip(PRINT_OPTIONS, args, strict=False)) | kwargs).items():
        if name not in PRINT_OPTIONS or value is None:
            continue
        if isinstance(value, int | float) and value > MAX_PRINT_OPTION:
            raise TextTooLong(
                N_("Output truncated: a width or precision of {width}; {limit} is allowed."),
                width=str(value)[:20],
                limit=MAX_PRINT_OPTION,
            )
        if type(value) is not int or value < 0:
            raise NotSupported(N_("`{construct}` is not supported here."), construct=f"{name}={value!r:.20}")
