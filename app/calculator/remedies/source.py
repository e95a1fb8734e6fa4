"""A program's text beside its tree, and edits of it that leave everything else as it was typed."""

import ast
from collections.abc import Iterator, Sequence

from app.calculator.program.read import parts_of
from app.protocol.edits import TextEdit

INDENT = "    "
LOOSE = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.NamedExpr, ast.Tuple)
"""Expressions that need parentheses before something can be appended to them."""


class Source:
    """A program that could be read. lines: its text, as `app.calculator.program.read.text_lines` gives it."""

    def __init__(self, tree: ast.Module, lines: Sequence[str]) -> None:
        self.tree = tree
        self.lines = lines
        self._holders = parts_of(tree)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The node itself and whatever it is in, from the inside out."""
        at: ast.AST | None = node
        while at is not None:
            yield at
            at = self._holders.get(at)

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The statement that a node belongs to."""
        return next((at for at in self.above(node) if isinstance(at, ast.stmt)), None)

    def all(self, kind: type[ast.AST]) -> Iterator[ast.AST]:
        """Every node of a kind, in the order of the text."""
        found = [node for node in self._holders if isinstance(node, kind)]
        return iter(sorted(found, key=lambda node: (node.lineno, node.col_offset)))  # type: ignore[attr-defined]

    def text(self, node: ast.expr) -> str:
        """What is written there, in one line if it is short; in parentheses where something may follow."""
        text = " ".join(ast.get_source_segment("\n".join(self.lines), node, padded=False).split())  # type: ignore[union-attr]
        return f"({text})" if isinstance(node, LOOSE) else text

    def replace(self, node: ast.AST, text: str) -> TextEdit:
        """Another text in place of a node."""
        start = self._character(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        end = self._character(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        return edit(start, end, text)

    def rename(self, node: ast.Attribute, name: str, other: str) -> TextEdit:
        """Another name for an attribute, behind its dot."""
        line, column = self._character(node.end_lineno, node.end_col_offset)
        return edit((line, column - len(name)), (line, column), other)

    def keyword(self, keyword: ast.keyword, name: str) -> TextEdit:
        """Another name for an argument."""
        line, column = self._character(keyword.lineno, keyword.col_offset)
        return edit((line, column), (line, column + len(keyword.arg or "")), name)

    def without(self, statement: ast.stmt) -> TextEdit | None:
        """A statement taken out with its line; None where it shares lines with another."""
        line, column = self._character(statement.lineno, statement.col_offset)
        _, end = self._character(statement.end_lineno, statement.end_col_offset)
        text = self.lines[line - 1]
        shared = text[: column - 1].strip() or text[end - 1 :].strip() or line >= len(self.lines)
        return None if shared or statement.end_lineno != line else edit((line, 1), (line + 1, 1), "")

    def append(self, node: ast.expr, text: str) -> TextEdit:
        """Something behind an expression, such as `.T`."""
        if isinstance(node, LOOSE):
            return self.replace(node, self.text(node) + text)
        end = self._character(node.end_lineno, node.end_col_offset)
        return edit(end, end, text)

    def in_front_of_attribute(self, node: ast.Attribute, text: str) -> TextEdit | None:
        """Something between an object and the dot of its attribute."""
        line, column = self._character(node.end_lineno, node.end_col_offset)
        dot = column - len(node.attr) - 1
        if self.lines[line - 1][dot - 1 : dot] != ".":
            return None
        return edit((line, dot), (line, dot), text)

    def argument(self, call: ast.Call, text: str) -> TextEdit:
        """One more argument, at the end."""
        line, column = self._character(call.end_lineno, call.end_col_offset)
        before = "\n".join([*self.lines[: line - 1], self.lines[line - 1][: column - 2]]).rstrip()
        comma = "" if before.endswith((",", "(")) else ", "
        return edit((line, column - 1), (line, column - 1), comma + text)

    def before(self, statement: ast.stmt, text: str) -> TextEdit:
        """A statement before another."""
        line, column = self._character(statement.lineno, statement.col_offset)
        indent = self.lines[line - 1][: column - 1]
        if indent.strip():
            return edit((line, column), (line, column), f"{text}; ")
        return edit((line, 1), (line, 1), f"{indent}{text}\n")

    def after(self, statement: ast.stmt, text: str) -> TextEdit:
        """A statement after another."""
        line, column = self._character(statement.end_lineno, statement.end_col_offset)
        rest = self.lines[line - 1][column - 1 :].strip()
        if rest and not rest.startswith("#"):
            return edit((line, column), (line, column), f"; {text}")
        first = self.lines[statement.lineno - 1]
        indent = first[: len(first) - len(first.lstrip())]
        end = (line, len(self.lines[line - 1]) + 1)
        return edit(end, end, f"\n{indent}{text}")

    def under(self, statement: ast.stmt, header: str, text: str | None = None) -> TextEdit | None:
        """A statement put into a block of its own, under a header such as `with torch.no_grad():`.

        text: what it becomes there, if not the same. None where it shares its lines with another one.
        """
        line, column = self._character(statement.lineno, statement.col_offset)
        end_line, end_column = self._character(statement.end_lineno, statement.end_col_offset)
        indent, rest = self.lines[line - 1][: column - 1], self.lines[end_line - 1][end_column - 1 :].strip()
        if indent.strip() or (rest and not rest.startswith("#")) or line != end_line:
            return None
        inner = self.lines[line - 1][column - 1 : end_column - 1] if text is None else text
        return edit((line, 1), (end_line, end_column), f"{indent}{header}\n{indent}{INDENT}{inner}")

    def end_column(self, node: ast.AST) -> int | None:
        """Behind the last character of a node; None where it goes over several lines."""
        if getattr(node, "end_lineno", None) != getattr(node, "lineno", 0):
            return None
        return self._character(node.end_lineno, node.end_col_offset)[1]  # type: ignore[attr-defined]

    def _character(self, line: int | None, offset: int | None) -> tuple[int, int]:
        """A place in the tree (which counts UTF-8 bytes) as line and column from 1, in characters."""
        line, offset = line or 1, offset or 0
        return line, len(self.lines[line - 1].encode()[:offset].decode(errors="ignore")) + 1


def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> TextEdit:
    """From one place to another."""
    return TextEdit(line=start[0], column=start[1], end_line=end[0], end_column=end[1], text=text)
