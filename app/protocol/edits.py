"""Changes of a program's text."""

from typing import Annotated

from pydantic import Field

from app.protocol.record import Many, Record


class TextEdit(Record):
    """A text that replaces the text between two places. Lines and columns count from 1, in characters."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: Annotated[str, Field(max_length=5000)]


class Fix(Record):
    """Edits that belong together, in the order of their places in the program as it was sent."""

    edits: Many[TextEdit]


def edited(program: str, fix: Fix) -> str:
    """The program with a fix applied.

    >>> edited("x = [1]", Fix(edits=[TextEdit(line=1, column=6, end_line=1, end_column=7, text="1.")]))
    'x = [1.]'
    """
    lines = program.split("\n")
    for edit in reversed(fix.edits):
        head = lines[edit.line - 1][: edit.column - 1]
        tail = lines[edit.end_line - 1][edit.end_column - 1 :]
        lines[edit.line - 1 : edit.end_line] = f"{head}{edit.text}{tail}".split("\n")
    return "\n".join(lines)
