"""What is around a program while it runs: its output, warnings, files and modules; and how it is stopped."""
# ruff: noqa: D102  # Python's own methods

import builtins
import io
import linecache
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from functools import cache, partial
from sys import _getframe
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

from app.calculator.limits import MAX_MESSAGE, MAX_WARNINGS
from app.calculator.output import Output, public
from app.calculator.program import library
from app.calculator.program.desk import Desk, Patches
from app.calculator.program.randomness import Randomness, patched
from app.calculator.program.read import FILENAME, Script

HIDDEN_WARNINGS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
"""Python shows these to developers only."""
RECURSION_LIMIT = 1000
"""Calls inside one another, as in a fresh Python."""
SOFT_STOP = signal.SIGUSR1
STOPPABLE: ContextVar[bool] = ContextVar("STOPPABLE", default=False)
"""Whether a program runs that can be stopped."""
Warned = dict[tuple[str, int], None]


class Stopped(BaseException):
    """Ends a program that takes too long. No Exception: its `except` should not see it."""


class Printed(io.TextIOBase):
    """`sys.stdout` of a program. output: where it goes; None: nowhere."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, output: Output | None) -> None:
        super().__init__()
        self._output = output

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._output is not None:
            self._output.write(text)
        return len(text)

    def reconfigure(self, **_: object) -> None:
        """Nothing to set."""


@contextmanager
def stage(
    script: Script, main: ModuleType, output: Output, chance: Randomness, warned: Warned
) -> Iterator[None]:
    """Around one run of a program. Python's and torch's settings are afterwards as they were."""
    limit = sys.getrecursionlimit()
    patches: Patches = [
        (sys, "stdout", Printed(output)),
        (sys, "stderr", Printed(None)),
        (sys, "stdin", io.StringIO()),
        (sys, "argv", ["program.py"]),
        (DataLoader, "__init__", alone(DataLoader.__init__)),
        *Desk(shelf()).patches(),
        *chance.patches(),
        *library.stand_ins(),
    ]
    lines = [line + "\n" for line in script.lines]
    linecache.cache[FILENAME] = (sum(map(len, lines)), None, lines, FILENAME)
    with ExitStack() as around:
        around.enter_context(warnings.catch_warnings())
        warnings.simplefilter("always")
        warnings.showwarning = partial(keep_warning, warned)
        torch.set_warn_always(True)  # else a warning of torch's comes once per process
        around.enter_context(patched(patches))
        around.enter_context(library.nothing_else(main))
        names = dict(vars(builtins))
        try:
            sys.setrecursionlimit(RECURSION_LIMIT + depth())
            yield
        finally:
            vars(builtins).update(names)
            sys.setrecursionlimit(limit)
            restore_defaults()


def depth() -> int:
    """How many calls this one is in, without the contexts around it."""
    count, frame = 0, _getframe()
    while (frame := frame.f_back) is not None:  # type: ignore[assignment]
        count += 1
    return count


@cache
def shelf() -> dict[str, bytes]:
    """The files that every program finds."""
    return library.fonts()


def alone(real: Callable[..., None]) -> Callable[..., None]:
    """`DataLoader.__init__` without other processes and threads, which give the same batches."""

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        for name in (
            "num_workers",
            "pin_memory",
            "persistent_workers",
            "prefetch_factor",
            "multiprocessing_context",
        ):
            kwargs.pop(name, None)
        real(self, *args, **kwargs)

    return init


def restore_defaults() -> None:
    """Put the settings of torch and NumPy back to what a fresh process has."""
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    torch.set_printoptions(profile="default")  # type: ignore[no-untyped-call]
    torch.autograd.set_detect_anomaly(False)
    np.set_printoptions(**PRINT_OPTIONS)
    np.seterr(**ERRORS)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


PRINT_OPTIONS: Any = np.get_printoptions()
ERRORS: Any = np.geterr()


def keep_warning(warned: Warned, message: Warning | str, kind: type[Warning], *_: object) -> None:
    """What takes the place of Python's `showwarning`: each text once per line, without the server's paths."""
    if not issubclass(kind, HIDDEN_WARNINGS) and len(warned) < MAX_WARNINGS:
        warned[public(str(message))[:MAX_MESSAGE], program_line(_getframe())] = None


def program_line(frame: FrameType | None) -> int:
    """The line of the program that a frame was called from."""
    while frame is not None and frame.f_code.co_filename != FILENAME:
        frame = frame.f_back
    return 1 if frame is None else frame.f_lineno


def listen() -> None:
    """From now on SOFT_STOP raises Stopped in the program, wherever it is."""
    STOPPABLE.set(True)
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread and signal.getsignal(SOFT_STOP) is not stop:
        signal.signal(SOFT_STOP, stop)


def deafen() -> None:
    """Nothing more can be stopped: what is left to do takes little time."""
    STOPPABLE.set(False)
    sys.settrace(None)


def stop(_: int, frame: FrameType | None) -> None:
    """Raise Stopped in the program; and at its next line again, if it catches even that.

    Nothing where it has not begun or is over: whoever sends the signal sends it until there is an answer.
    """
    if not STOPPABLE.get():
        return
    runs = False
    while frame is not None:
        if frame.f_code.co_filename == FILENAME:
            runs = True
            frame.f_trace = again
        frame = frame.f_back
    if runs:
        with suppress(Exception):
            sys.settrace(again)
        raise Stopped


def again(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
    """Raise Stopped at a line of the program. Elsewhere it would be in the way of what ends the program."""
    if frame.f_code.co_filename != FILENAME:
        return None
    if event == "line":
        raise Stopped
    return again
