"""Program text to a syntax tree and the code that plain Python makes of it."""

import ast
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType

from app.calculator.limits import MAX_PROGRAM_BYTES
from app.calculator.refusals import LimitReached
from app.errors import N_

FILENAME = "<program>"
"""What a traceback calls the program; how its frames are known."""
MAX_LEFT_OUT = 20
"""Lines of a notebook or a console that are mentioned."""
MAGIC = re.compile(r"(\s*)([%!][a-zA-Z!%].*)")
"""A line that is an order to a notebook: `%matplotlib inline`, `!pip install torch`."""
TIMED = re.compile(r"(\s*)(%(?:time|timeit|capture)(?:\s+-\S+(?:\s+\d+)?)*)\s+(\S.*)")
"""One that runs the rest of the line."""
ASKED = re.compile(r"(\s*)(\?{1,2}[a-zA-Z_][\w.]*|[a-zA-Z_][\w.]*\?{1,2}|\w+\s*=\s*[!%][a-zA-Z].*)")
"""One that asks a notebook for help, or keeps what an order gives."""
PROMPT = re.compile(r"(>>>|\.\.\.)( |$)|In \[\d*\]: ")


class TextError(Exception):
    """The text is not Python. Carries what CPython says about it.

    kind: "SyntaxError" or a subclass; line and column from 1. end_column: behind it, if on the same line.
    """

    def __init__(
        self, kind: str, message: str, line: int | None, column: int | None, end_column: int | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.line = line
        self.column = column
        self.end_column = end_column


class RefusedAt(Exception):
    """A refusal and the place in the text it is about."""

    def __init__(self, refusal: LimitReached, line: int, column: int) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Script:
    """A program that could be read.

    lines: the text that was compiled, line by line. left_out: what was taken off it first, and from which
    line. shifts: by how many characters what is left of a line stands further to the left.
    """

    tree: ast.Module
    code: CodeType
    lines: Sequence[str]
    left_out: Sequence[tuple[int, str]] = ()
    shifts: Sequence[int] = ()

    def column(self, line: int, column: int) -> int:
        """A column as the person who typed the line counts."""
        return column + (self.shifts[line - 1] if line <= len(self.shifts) else 0)


def read(program: str) -> Script:
    """Compile a program. What a notebook or a console added to it is taken off if it cannot be read with it.

    Raises:
        TextError: it is not valid Python, in CPython's own words.
        RefusedAt: it is too long, or nested too deeply for Python.

    """
    check_text(program)
    try:
        return compiled(program)
    except TextError:
        cleaned = cleared(program)
        if cleaned is None:
            raise
        text, left_out, shifts = cleaned
        script = compiled(text)
        timed = bool(script.tree.body) and left_out[-1][0] == script.tree.body[-1].lineno
        shown = script.tree if timed else with_values(script, every=is_session(program))
        code = compile(shown, FILENAME, "exec", dont_inherit=True)
        return Script(shown, code, script.lines, left_out, shifts)


def with_values(script: Script, *, every: bool) -> ast.Module:
    """The tree of a session, which shows the value of each expression that stands alone; or of a notebook,
    which shows that of the last line, unless that ends with a semicolon.
    """
    body = script.tree.body
    hushed = "\n".join(script.lines).rstrip().endswith(";")
    chosen = range(len(body)) if every else range(len(body) - 1 + hushed, len(body))
    return ast.Module([showing(node) if n in chosen else node for n, node in enumerate(body)], [])


def showing(node: ast.stmt) -> ast.stmt:
    """A statement that shows its value as Python's console does."""
    if not isinstance(node, ast.Expr):
        return node
    shown = ast.parse("__import__('sys').displayhook(None)", FILENAME, "eval").body
    for part in ast.walk(shown):
        ast.copy_location(part, node)
    assert isinstance(shown, ast.Call)
    shown.args = [node.value]
    return ast.copy_location(ast.Expr(shown), node)


def is_session(program: str) -> bool:
    """Whether the text was copied from Python's console."""
    return any(PROMPT.match(line.lstrip()) for line in text_lines(program))


def compiled(program: str) -> Script:
    """The tree and the code of a text. Raises: as for `read`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and such: Python shows them to developers only
            tree = ast.parse(program, FILENAME)
            # Some errors show only here: `return` outside a function.
            code = compile(program, FILENAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        column, end = error.offset or None, None
        if column and error.end_lineno == error.lineno and (error.end_offset or 0) > column:
            end = error.end_offset
        raise TextError(type(error).__name__, error.msg, error.lineno, column, end) from None
    except (MemoryError, RecursionError):
        # CPython's parser and compiler give up on deep nesting in these two ways.
        refusal = LimitReached(N_("The program is nested too deeply."))
        raise RefusedAt(refusal, 1, 1) from None
    except (ValueError, OverflowError) as error:  # an integer literal beyond the digits int() reads
        raise TextError("SyntaxError", str(error), None, None) from None
    return Script(tree, code, text_lines(program))


def check_text(program: str) -> None:
    """Refuse what is not worth parsing: too long, NUL characters, half a surrogate pair."""
    try:
        size = len(program.encode())
    except UnicodeEncodeError as error:
        line = program.count("\n", 0, error.start) + 1
        raise TextError("SyntaxError", "source code is not valid UTF-8 text", line, None) from None
    if size > MAX_PROGRAM_BYTES:
        limit = LimitReached(
            N_("The program has {size:,} {size:byte|bytes}; {limit:,} {limit:is|are} allowed."),
            size=size,
            limit=MAX_PROGRAM_BYTES,
        )
        raise RefusedAt(limit, 1, 1)
    if "\0" in program:
        line = program.count("\n", 0, program.index("\0")) + 1
        raise TextError("SyntaxError", "source code string cannot contain null bytes", line, None)


def cleared(program: str) -> tuple[str, list[tuple[int, str]], list[int]] | None:
    """The text without what belongs to a notebook or a console, what that was, and how far lines moved.

    None where there is nothing of the kind.
    """
    lines = text_lines(program)
    session = is_session(program)
    kept: list[str] = []
    left_out: list[tuple[int, str]] = []
    shifts: list[int] = []
    for number, line in enumerate(lines, 1):
        text, rest = line, None
        if session:
            text = line.lstrip()
            prompt = PROMPT.match(text)
            text = text[prompt.end() :] if prompt else ""
            rest = None if prompt or not line.strip() else line.strip()
        moved = len(line) - len(text)
        if timed := TIMED.fullmatch(text):
            moved, text, rest = len(text) - len(timed[3]) - len(timed[1]), timed[1] + timed[3], timed[2]
        elif magic := MAGIC.fullmatch(text) or ASKED.fullmatch(text):
            moved, text, rest = 0, f"{magic[1]}pass", magic[2]
        kept.append(text)
        shifts.append(moved if text else 0)
        if rest is not None and len(left_out) < MAX_LEFT_OUT:
            left_out.append((number, rest))
    if session and not left_out:
        left_out.append((1, ">>>"))
    return ("\n".join(kept), left_out, shifts) if left_out else None


def parts_of(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Every part of a tree, the outer before the inner, with the part that holds it.

    As `ast.walk` finds them, in a third of its time: each program is gone through several times.
    """
    holders: dict[ast.AST, ast.AST] = {}
    found = [tree]
    for holder in found:  # grows while it is walked
        for value in vars(holder).values():
            for part in value if type(value) is list else (value,):
                if isinstance(part, ast.AST):
                    holders[part] = holder
                    found.append(part)
    return holders


def text_lines(program: str) -> list[str]:
    """The lines as the tree counts them: only these three end a line in Python."""
    return program.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def characters(line: str, offset: int) -> int:
    """A column from 1, in characters, of an offset in the UTF-8 bytes of a line."""
    return len(line.encode()[:offset].decode(errors="ignore")) + 1
