"""Runs a program: once for what it does, and again for whoever watches it in another way."""

import gc
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from mmap import mmap
from types import CodeType, ModuleType
from typing import Any

from app.calculator.output import Output
from app.calculator.program import passes, randomness
from app.calculator.program.hooks import Hooks, LoopHook, nobody
from app.calculator.program.instrument import instrumented
from app.calculator.program.observer import Observer
from app.calculator.program.place import Place, frame_in, place_in
from app.calculator.program.randomness import Randomness, State
from app.calculator.program.read import Script
from app.calculator.program.stage import Warned, deafen, listen, stage

RESERVE = 4 * 1024 * 1024
"""Bytes kept for telling of a program that has used up all memory."""


@dataclass
class Run:
    """One run of a program, or what is known of it so far.

    names: the program's own variables, in the order they were first assigned. warned: its warnings.
    failure: what ended it, unless it came to its end.
    """

    script: Script
    names: Mapping[str, Any]
    output: Output
    chance: Randomness
    warned: Warned = field(default_factory=dict)
    failure: BaseException | None = None

    @cached_property
    def place(self) -> Place | None:
        """Where that was."""
        return None if self.failure is None else place_in(self.script, self.failure.__traceback__)

    @property
    def names_there(self) -> Mapping[str, Any]:
        """The variables that can be seen where it stopped, or at its end."""
        frame = None if self.failure is None else frame_in(self.failure.__traceback__)
        return self.names if frame is None else {**self.names, **frame.f_locals}


CURRENT: ContextVar[Run | None] = ContextVar("CURRENT", default=None)
"""The run that is going on."""


class Program:
    """A program that was read, ready to run as often as needed, each time with the same random numbers."""

    def __init__(self, script: Script, start: State | None = None, loop: LoopHook = nobody) -> None:
        """start: the states of the random numbers; None: those of a new process. loop: see `Hooks`."""
        self.script = script
        self.start: State = start or randomness.fresh()
        self._loop = loop
        self._hooks: Hooks | None = None

    def run(self, observer: Observer | None = None, names: Mapping[str, Any] | None = None) -> Run:
        """Run it. Raises nothing for anything the program does. names: variables it finds."""
        randomness.restore(self.start)
        main = ModuleType("__main__")
        vars(main).update(names or {})
        run = Run(self.script, vars(main), Output(), Randomness(self.start))
        code = self.script.code if observer is None else self._watched(observer)
        current, watching = CURRENT.set(run), passes.WATCHING.set(observer)
        passes.install()
        listen()
        reserve = mmap(-1, RESERVE)  # addresses only: nothing is written to its pages
        try:
            with stage(self.script, main, run.output, run.chance, run.warned):
                exec(code, vars(main))
        except BaseException as failure:
            deafen()
            reserve.close()
            run.failure = failure
        finally:
            deafen()
            passes.WATCHING.reset(watching)
            CURRENT.reset(current)
        return run

    @property
    def hooks(self) -> Hooks:
        """Those of a program that was watched."""
        assert self._hooks is not None
        return self._hooks

    def _watched(self, observer: Observer) -> CodeType:
        if self._hooks is None:
            self._hooks = Hooks(observer, self._loop)
        self._hooks.observer = observer
        return self._watched_code or self.script.code

    @cached_property
    def _watched_code(self) -> CodeType | None:
        assert self._hooks is not None
        code = instrumented(self.script.tree, self._hooks)
        gc.freeze()  # thousands of new objects that are no garbage: else the next one has them looked through
        return code
