"""Each fix, run before it is offered: the program must come further, and have the gradient that it asks for.

Fixes are run in the process that the program ran in, with the same random numbers. A run is ended when its
time is over: what has come further until then has come further.
"""

import ast
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from itertools import islice
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from app.calculator.explain.calls import broadcast
from app.calculator.program.observer import Observer
from app.calculator.program.read import FILENAME, RefusedAt, TextError, read
from app.calculator.program.run import Program, Run
from app.protocol.edits import Fix, TextEdit, edited
from app.protocol.gradients import ProgramWarning
from app.protocol.topics import find

MOST_FIXES = 2
"""Fixes that are offered for one trouble."""
MAX_RUNS = 6
"""Fixes that are run for one program."""
MAX_SECONDS = 0.1
"""Processor time of one of them."""
MAX_TOTAL = 0.25
"""And of all: an answer with an error comes that much later at most. What there is no time to run is not
offered."""


class Enough(BaseException):
    """Ends a run whose time is over. No Exception: the program's `except` must not see it."""


class Watch(Observer):
    """Ends a run after a time, and looks at gradients where a line asks for them.

    asked: the line, and the names whose `.grad` it reads. seen: those of them that had one then.
    lines: those that have run. n_statements: how many statements have. broadcasts: the lines in which a
    column minus a row was every pair of them.
    """

    def __init__(self, seconds: float, line: int, asked: frozenset[str]) -> None:
        self.awake = True
        self.n_statements = 0
        self.lines: set[int] = set()
        self.seen: set[str] = set()
        self.broadcasts: set[int] = set()
        self._line, self._asked = line, asked
        self._deadline = time.process_time() + seconds

    def executed(self, statement: ast.stmt, names: Mapping[str, Any]) -> None:
        """A statement has run."""
        self.lines.add(statement.lineno)
        if statement.lineno == self._line:
            self.seen |= {name for name in self._asked if has_grad(names.get(name))}
        self.passed(1)

    def passed(self, n_statements: int) -> None:
        """Statements run."""
        self.n_statements += n_statements
        if time.process_time() > self._deadline:
            raise Enough

    def called(
        self, node: ast.expr, function: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any
    ) -> None:
        """A library call has returned."""
        if broadcast(function, args, result) is not None:
            self.broadcasts.add(node.lineno)

    def backward(
        self, node: ast.AST, roots: Sequence[Tensor], gradients: Sequence[Any]
    ) -> AbstractContextManager[None]:
        """Gradients flow."""
        return nullcontext()


class Proof:
    """Runs a program with one fix after the other.

    program: as it ran. run: how that went. n_statements: how many ran. statement: the one that failed.
    """

    def __init__(self, program: Program, run: Run, n_statements: int, statement: ast.stmt | None) -> None:
        self._program = program
        self._run = run
        self._ended = lines_of(run)
        self._n_statements = n_statements
        self._asked = frozenset(() if statement is None else gradients_read(statement))
        self._line = getattr(statement, "lineno", 0)
        self._runs_left = MAX_RUNS
        self._deadline = time.process_time() + MAX_TOTAL

    def cures(self, fix: Fix) -> bool:
        """Whether the program comes further, and the gradients are there that the failed line reads."""
        run, watch = self._tried(fix)
        if run is None or not self._is_further(run, watch, fix):
            return False
        return all(name in watch.seen or has_grad(run.names_there.get(name)) for name in self._asked)

    def silences(self, fix: Fix, warning: ProgramWarning) -> bool:
        """Whether the program does not warn of the same any more, and comes as far as before."""
        run, _ = self._tried_as_far(fix)
        if run is None:
            return False
        line = warning.line + added(fix.edits, warning.line)
        return not any(at == line and same_topic(text, warning.message) for text, at in run.warned)

    def keeps(self, fix: Fix, name: str) -> bool:
        """Whether a variable has its gradient with it, and the program comes as far as before."""
        run, _ = self._tried_as_far(fix)
        return run is not None and has_grad(run.names_there.get(name))

    def pairs_up(self, fix: Fix, line: int) -> bool:
        """Whether a line subtracts number from number with it, and the program comes as far as before."""
        run, watch = self._tried_as_far(fix)
        now = line + added(fix.edits, line)
        return run is not None and now in watch.lines and now not in watch.broadcasts

    def moves(self, fix: Fix, name: str) -> bool:
        """Whether an optimizer leaves other parameters with it, and the program comes as far as before."""
        run, _ = self._tried_as_far(fix)
        one, other = self._run.names.get(name), None if run is None else run.names.get(name)
        if not (isinstance(one, Optimizer) and isinstance(other, Optimizer)):
            return False
        pairs = zip(parameters_of(one), parameters_of(other), strict=False)
        return any(before.shape != after.shape or not before.equal(after) for before, after in pairs)

    def _tried_as_far(self, fix: Fix) -> tuple[Run | None, Watch]:
        """The run with a fix; None also where that stops earlier than the program without."""
        run, watch = self._tried(fix)
        failed = run is not None and not isinstance(run.failure, None | SystemExit | Enough)
        earlier = run is not None and failed and not lines_of(run) >= self._moved(fix) > []
        return None if earlier else run, watch

    def _tried(self, fix: Fix) -> tuple[Run | None, Watch]:
        """The run with a fix; None where there is no time for it, or it is no program."""
        seconds = min(MAX_SECONDS, self._deadline - time.process_time())
        watch = Watch(seconds, self._line + added(fix.edits, self._line), self._asked)
        if self._runs_left == 0 or seconds <= 0 or self._is_deaf:
            return None, watch
        self._runs_left -= 1
        try:
            script = read(edited("\n".join(self._program.script.lines), fix))
        except (TextError, RefusedAt):
            return None, watch
        return Program(script, self._program.start).run(watch), watch

    @cached_property
    def _is_deaf(self) -> bool:
        return is_deaf(self._program.script.tree)

    def _is_further(self, run: Run, watch: Watch, fix: Fix) -> bool:
        match run.failure:
            case None | SystemExit(code=None | 0):
                return True
            case Enough():  # in a loop it may have run before, too
                line = self._line + added(fix.edits, self._line)
                more = watch.n_statements > self._n_statements + added(fix.edits, math.inf)
                return line in watch.lines and more
        return lines_of(run) > self._moved(fix) > []

    def _moved(self, fix: Fix) -> list[int]:
        """The lines in which the program stopped, where they are with a fix."""
        return [line + added(fix.edits, line) for line in self._ended]


def proven(fixes: Iterable[Fix], proves: Callable[[Fix], bool], most: int) -> list[Fix]:
    """The first few of some fixes that prove good."""
    return list(islice(filter(proves, fixes), most))


def has_grad(value: Any) -> bool:
    """Whether it is a tensor with a gradient."""
    tensor = value if isinstance(value, Tensor) else None
    return tensor is not None and (tensor.is_leaf or tensor.retains_grad) and tensor.grad is not None


def parameters_of(optimizer: Optimizer) -> list[Tensor]:
    """What an optimizer moves."""
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def lines_of(run: Run) -> list[int]:
    """The lines that a run stopped in, the outermost first; none of a run that came to its end."""
    lines, at = [], None if run.failure is None else run.failure.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == FILENAME:
            lines.append(at.tb_lineno)
        at = at.tb_next
    return lines


def gradients_read(statement: ast.stmt) -> Iterator[str]:
    """The names whose `.grad` a statement reads."""
    for node in ast.walk(statement):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr="grad"):
                yield name


def is_deaf(tree: ast.Module) -> bool:
    """Whether a program might not be ended by an exception that is none of its own."""
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=None) | ast.Name(id="BaseException"):
                return True
            case ast.Attribute(attr="_exit" | "abort") | ast.alias(name="_exit" | "abort" | "ctypes"):
                return True  # it would take the answer with it
            case ast.FunctionDef(name="__exit__") | ast.AsyncFunctionDef(name="__aexit__"):
                return True
            case ast.Try(finalbody=[_, *_] as last) | ast.TryStar(finalbody=[_, *_] as last):
                leaving = ast.Return | ast.Break | ast.Continue
                if any(isinstance(part, leaving) for one in last for part in ast.walk(one)):
                    return True
    return False


def same_topic(text: str, other: str) -> bool:
    """Whether two warnings mean the same."""
    one, two = find(text), find(other)
    return text == other if one is None or two is None else one[0] == two[0]


def added(edits: Sequence[TextEdit], line: float) -> int:
    """By how many lines edits move a line down."""
    return sum(edit.text.count("\n") - (edit.end_line - edit.line) for edit in edits if edit.line <= line)
