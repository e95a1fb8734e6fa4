"""What is refused before anything runs, and how its place is told."""

import ast

import pytest

from app.calculator.limits import MAX_DEPTH, MAX_NODES, MAX_PROGRAM_BYTES
from app.calculator.parse import RefusedAt, TextError, parse
from app.calculator.refusals import LimitReached, NotSupported


def refused(program: str) -> RefusedAt:
    with pytest.raises(RefusedAt) as caught:
        parse(program)
    return caught.value


def test_a_program_may_be_as_long_as_the_limit_and_no_longer() -> None:
    comment = "#" + "x" * (MAX_PROGRAM_BYTES - 1)
    parse(comment)
    error = refused(comment + "x")
    assert isinstance(error.refusal, LimitReached)
    assert "65,537 bytes" in str(error)


def test_bytes_count_not_characters() -> None:
    assert isinstance(refused("#" + "é" * (MAX_PROGRAM_BYTES // 2)).refusal, LimitReached)


def test_too_many_parts_are_refused() -> None:
    assert f"{MAX_NODES:,}" in str(refused("0;" * (MAX_NODES // 2 + 1)))


def test_nesting_is_refused_at_the_line_it_gets_too_deep() -> None:
    parse("x = " + "-" * (MAX_DEPTH - 3) + "1")
    error = refused("y = 0\nx = " + "-" * MAX_DEPTH + "1")
    assert (error.line, str(error)) == (2, "The program is nested too deeply; 100 levels are allowed.")


@pytest.mark.parametrize("program", ["(" * 300 + ")" * 300, "x" + "[0" * 150 + "]" * 150, "-" * 60_000 + "1"])
def test_nesting_that_the_parser_gives_up_on_is_an_error_too(program: str) -> None:
    with pytest.raises((RefusedAt, TextError)):
        parse(program)


@pytest.mark.parametrize(("program", "line"), [("x = 1\0", 1), ("x\ny\n\0", 3), ("x\n'\udcff'", 2)])
def test_text_that_is_no_text_is_an_error_with_a_line(program: str, line: int) -> None:
    with pytest.raises(TextError) as caught:
        parse(program)
    assert (caught.value.kind, caught.value.line) == ("SyntaxError", line)


def test_a_syntax_error_is_told_in_pythons_words_at_pythons_place() -> None:
    with pytest.raises(TextError) as caught:
        parse("x = 1\ny = = 2\n")
    with pytest.raises(SyntaxError) as python:
        ast.parse("x = 1\ny = = 2\n")
    error = caught.value
    assert (str(error), error.line, error.column) == (
        python.value.msg, python.value.lineno, python.value.offset,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("program", "construct", "line"),
    [
        ("x = 1\ndef f():\n    yield 1", "yield", 3),
        ("def f():\n    yield from x", "yield from", 2),
        ("async def f(): pass", "async def", 1),
        ("y = 1\n[x async for x in [y]]", "async for", 2),
        ("\nmatch x:\n    case 1: pass", "match", 2),
        ("try:\n    pass\nexcept* ValueError:\n    pass", "except*", 1),
        ("x = b'abc'", "bytes", 1),
        ("\n\nfrom torch import *", "import *", 3),
    ],
)
def test_a_construct_is_refused_by_name_and_line(program: str, construct: str, line: int) -> None:
    error = refused(program)
    assert isinstance(error.refusal, NotSupported)
    assert f"`{construct}` is not supported here" in str(error)
    assert error.line == line


@pytest.mark.parametrize(
    "program",
    [
        "x.__class__", "x._base", "__import__('os')", "f(_stacklevel=2)", "def __del__(self): pass",
        "import torch._C", "from torch import _dynamo", "import torch as __x", "lambda __x: 1",
        "for __i__ in x: pass", "try: pass\nexcept ValueError as __e: pass", "x.__clas\uff53__", "global __x",
        "class __A: pass", "f'{x.__dict__}'", "a: __b__ = 1", "def f(x: __y__): pass", "x.__\u1d04lass__",
    ],
)  # fmt: skip
def test_names_that_lead_inside_are_refused_however_they_are_written(program: str) -> None:
    assert "leading underscore" in str(refused(program)) or "not available" in str(refused(program))


def test_a_programs_own_names_may_begin_with_one_underscore() -> None:
    parse("_ = 1\n_x = 2\nfor _ in range(3): pass\ndef _f(_a): return _a\nif __name__ == '__main__': pass")
    parse("class Net(Module):\n    def __init__(self):\n        super().__init__()")


def test_columns_count_characters_where_the_tree_counts_bytes() -> None:
    error = refused("'é😀'.__class__")
    assert (error.line, error.column) == (1, 1)
    error = refused("é = '😀'; x.__class__")
    assert error.column == len("é = '😀'; ") + 1


def test_only_the_three_line_ends_of_python_count() -> None:
    error = refused("x = '\x0c'\r\ny = '\u2028'\rz = 1\n  \nz.__class__")
    assert error.line == 5
