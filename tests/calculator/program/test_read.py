"""Text to a tree, and what is refused before anything runs."""

import ast

import pytest

from app.calculator import derive
from app.calculator.limits import MAX_PROGRAM_BYTES
from app.calculator.program.read import RefusedAt, TextError, read


def test_a_program_may_be_as_long_as_the_limit_and_no_longer() -> None:
    comment = "#" + "x" * (MAX_PROGRAM_BYTES - 1)
    read(comment)
    with pytest.raises(RefusedAt, match="65,537 bytes"):
        read(comment + "x")


def test_bytes_count_not_characters() -> None:
    with pytest.raises(RefusedAt):
        read("#" + "é" * (MAX_PROGRAM_BYTES // 2))


@pytest.mark.parametrize(
    "program",
    ["(" * 300 + ")" * 300, "x" + "[0" * 250 + "]" * 250, "-" * 60_000 + "1", "x = " + "1+" * 30_000 + "1"],
)
def test_nesting_that_python_gives_up_on_is_told(program: str) -> None:
    with pytest.raises((RefusedAt, TextError), match="nested"):
        read(program)


@pytest.mark.parametrize(("program", "line"), [("x = 1\0", 1), ("x\ny\n\0", 3), ("x\n'\udcff'", 2)])
def test_text_that_is_no_text_is_an_error_with_a_line(program: str, line: int) -> None:
    with pytest.raises(TextError) as caught:
        read(program)
    assert (caught.value.kind, caught.value.line) == ("SyntaxError", line)


@pytest.mark.parametrize(
    "program", ["x = 1\ny = = 2\n", "return 1\n", "def f():\n    nonlocal x\n", "if x:\ny"]
)
def test_a_syntax_error_is_told_in_pythons_words_at_pythons_place(program: str) -> None:
    with pytest.raises(TextError) as caught:
        read(program)
    with pytest.raises(SyntaxError) as python:
        compile(program, "", "exec")
    error = caught.value
    assert (str(error), error.line, error.column) == (
        python.value.msg, python.value.lineno, python.value.offset,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "left", "left_out"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1", [(1, "%matplotlib inline")]),
        ("x = 1\n!pip install torch", "x = 1\npass", [(2, "!pip install torch")]),
        ("if True:\n    %time\n", "if True:\n    pass\n", [(2, "%time")]),
        ("%time x = 1\n%timeit -n 10 f(x)", "x = 1\nf(x)", [(1, "%time"), (2, "%timeit -n 10")]),
        ("torch.ones?\n?print\nx = 1", "pass\npass\nx = 1", [(1, "torch.ones?"), (2, "?print")]),
        ("if 1:\n    files = !ls", "if 1:\n    pass", [(2, "files = !ls")]),
        (">>> x = 1\n>>> x\n1\n", "x = 1\nx\n\n", [(3, "1")]),
        (
            ">>> for i in range(2):\n...     print(i)\n...\n0\n1",
            "for i in range(2):\n    print(i)\n\n\n",
            None,
        ),
        ("In [1]: import x", "import x", [(1, ">>>")]),
    ],
)
def test_what_belongs_to_a_notebook_or_a_console_is_taken_off(
    typed: str, left: str, left_out: list[tuple[int, str]] | None
) -> None:
    script = read(typed)
    assert "\n".join(script.lines) == left
    assert [node.lineno for node in script.tree.body] == [node.lineno for node in ast.parse(left).body]
    assert left_out is None or script.left_out == left_out


def test_what_is_python_is_left_as_it_is() -> None:
    program = 'x = (7\n%x)\ntext = """\n>>> no prompt\n!ls\n"""\n'
    assert "\n".join(read(program).lines) == program


def test_a_column_is_where_it_was_typed() -> None:
    assert read(">>> x = 1").column(1, 3) == 7


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        (">>> x = 1\n>>> x\n1\n>>> None\n>>> x + 1\n2\n", "1\n2\n"),
        ("%matplotlib inline\nx = 'a'\nx\nx * 2", "'aa'\n"),
        ("%matplotlib inline\nx = 'a'\nx;", ""),
        ("x = 'a'\nx", ""),
    ],
)
def test_values_are_shown_as_a_console_or_a_notebook_shows_them(program: str, printed: str) -> None:
    assert derive(program).printed == printed
