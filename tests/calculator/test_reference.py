"""What a program can reach is what was reviewed, and what is documented."""

import torch

from app.calculator import reference
from app.calculator.interpreter.language import EXPRESSIONS, STATEMENTS
from app.calculator.names.namespaces import BUILTINS, MODULES
from app.calculator.names.values import Namespace, Opaque
from app.calculator.parse import SUPPORTED
from tests.calculator import review


def test_nothing_is_reachable_that_was_not_reviewed() -> None:
    reviewed = review.REVIEWED.read_text(encoding="utf-8")
    assert review.text() == reviewed, "read tests/calculator/review.py"


def test_every_construct_is_documented_and_compiled() -> None:
    assert set(reference.SYNTAX) == {*STATEMENTS, *EXPRESSIONS}
    assert set(reference.SYNTAX) <= SUPPORTED


def test_what_is_said_not_to_be_here_is_not() -> None:
    places = {"Built-in": BUILTINS, "torch": MODULES["torch"].members}
    for where, members in places.items():
        assert not set(reference.NOT_HERE[where].split()) & set(members)
    assert not set(reference.NOT_HERE["Modules"].split()) & set(MODULES)


def test_no_table_holds_a_module_or_a_bare_callable() -> None:
    plain = (
        torch.dtype,
        torch.layout,
        torch.memory_format,
        float,
        int,
        str,
        type(None),
        type(NotImplemented),
    )
    for name, space in {**MODULES, "built-in": Namespace("built-in", BUILTINS)}.items():
        for key, value in space.members.items():
            assert isinstance(value, (Opaque, *plain)), f"{name}.{key} is {value!r}"
            assert not key.startswith("_") or (key, type(value)) == ("__version__", str)
