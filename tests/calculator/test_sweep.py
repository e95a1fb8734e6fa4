"""Every function, method and layer of the tables, called with many arguments, as in plain torch.

Most of the calls fail, and must fail in torch's words. By default each name gets a few sets of arguments;
`--hypothesis-profile=long` gives it all of them.
"""

import zlib
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import settings

from app.calculator.names import functions, layers, tensor
from tests.calculator.oracle import run_both

HEAD = """\
import torch
import torch.nn.functional as F
V = lambda: torch.tensor([0.5, -1.5, 2.0])
M = lambda: torch.tensor([[2.0, 1.0], [1.0, 3.0]])
I = lambda: torch.tensor([2, 0, 1])
B = lambda: torch.tensor([True, False, True])
C = lambda: torch.arange(16.0).reshape(1, 1, 4, 4)
"""
CALL = """\
torch.manual_seed(0)
try:
    print({text!r}, {text})
except Exception as e:
    print({text!r}, type(e).__name__, e)
"""
TENSORS = ("V()", "M()", "I()", "B()", "C()", "V().requires_grad_()")
ARGUMENTS = (
    "", *TENSORS, "V(), V()", "M(), M()", "I(), I()", "V(), 2", "M(), 1", "I(), 1", "V(), 0.5", "C(), 2",
    "V(), V(), V()", "M(), M(), M()", "M(), 0, 1", "V(), 0, I(), V()", "[V(), V()]", "3", "2, 3", "(2, 2)",
    "C(), C()", "C(), (2, 2)", "V(), (3, 1)", "M(), V()[:2]", "C(), M()", "M(), 1, I()[1:]", "lambda x: x",
)  # fmt: skip
METHOD_ARGUMENTS = (
    "", "0", "1", "2.0", "0, 1", "V()", "I()", "M()", "B()", "0, I(), V()", "0, I(), 1.0", "(1, 3)", "3, 1",
    "torch.float64",
)  # fmt: skip
LAYER_ARGUMENTS = ("", "1", "2, 3", "1, 2, 3", "0.5", "(2, 2)", "2", "4, 2", "2, 2, 1")
LAYER_INPUTS = ("V()", "M()", "C()", "M(), M()", "V(), V()", "M(), I()[:2]", "I()")
UNINITIALISED = frozenset({"empty", "empty_like", "new_empty"})
SHARE = 12
"""Of so many sets of arguments, one is tried by default."""


def calls() -> Iterator[tuple[str, list[str]]]:
    """Each name with all its calls."""
    for module, names in (
        ("torch", (*functions.TORCH, *functions.SIZED, *functions.SQUARED, *functions.PIECES)),
        ("torch", (*functions.FROM_DATA, "arange", "bincount", "repeat_interleave", "combinations")),
        ("torch.linalg", (*functions.LINALG, *functions.SQUARED_LINALG)),
        ("torch.special", functions.SPECIAL),
        ("F", (*functions.FUNCTIONAL, "one_hot")),
    ):
        for name in names:
            yield f"{module}.{name}", [f"{module}.{name}({arguments})" for arguments in ARGUMENTS]
    for name, member in tensor.members().items():
        if name not in UNINITIALISED:
            suffixes = [f"({arguments})" for arguments in METHOD_ARGUMENTS] if member.call else [""]
            yield f"Tensor.{name}", [f"{owner}.{name}{suffix}" for owner in TENSORS for suffix in suffixes]
    for name in (*layers.LAYERS, *layers.SIZED_LAYERS):
        made = [f"torch.nn.{name}({arguments})" for arguments in LAYER_ARGUMENTS]
        yield f"torch.nn.{name}", made + [f"{layer}({given})" for layer in made for given in LAYER_INPUTS]


def chosen(name: str, texts: list[str], everything: bool) -> list[str]:
    """The calls to try: a share of them, others for each name, always the same."""
    if everything:
        return texts
    return list(islice(texts, zlib.crc32(name.encode()) % SHARE, None, SHARE))


def programs(everything: bool) -> dict[str, str]:
    """Programs of at most so many calls that they stay within the limits, by the first name in them."""
    found: dict[str, str] = {}
    title, text, count = "", HEAD, 0
    for name, texts in calls():
        for call in chosen(name, texts, everything):
            title = title or name
            text += CALL.format(text=call)
            count += 1
            if count == 80:
                found[f"{title}.. {len(found)}"] = text
                title, text, count = "", HEAD, 0
    return found | {title: text}


@pytest.mark.timeout(600)
def test_every_name_does_what_it_does_in_torch() -> None:
    texts = programs(settings.get_current_profile_name() == "long")
    for title, (product, plain) in zip(texts, run_both(list(texts.values())), strict=True):
        assert product["error"] is None, (title, product["error"])
        assert product["printed"] == plain["printed"][: len(product["printed"])], title
        assert product["imported"] == [], title
