"""One round of a loop, explained: the program runs again up to there, and is watched in that round only.

Its checks need no run of the whole program either: the round's beginning is kept, and the round alone is run
again from there.
"""

import ast
import gc
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from sys import _getframe
from types import CodeType, ModuleType
from typing import Any

import torch
from torch import Tensor

from app.calculator.derivation import record
from app.calculator.explain.explanation import explained
from app.calculator.explain.graph import named_tensors
from app.calculator.explain.recording import Recording
from app.calculator.explain.rerun import NARROW, Mover
from app.calculator.failures import text_error
from app.calculator.live.loops import Loop, loops_of
from app.calculator.live.rounds import LoopWatch
from app.calculator.output import Output
from app.calculator.program import passes, randomness
from app.calculator.program.hooks import Hooks
from app.calculator.program.instrument import instrumented
from app.calculator.program.observer import Observer
from app.calculator.program.randomness import Randomness, State, fresh
from app.calculator.program.read import RefusedAt, Script, TextError, read
from app.calculator.program.run import CURRENT, Program, Run
from app.calculator.program.stage import deafen, listen, stage, stop
from app.protocol.gradients import Derivation

WATCHED = 300
"""Lines of the round that are watched."""
MAX_KEPT = 64 * 1024 * 1024
"""Bytes of tensors at the beginning of a round that are kept for its checks."""


def derive_round(program: str, seed: int, loop: int, number: int) -> Derivation:
    """Run a program up to the end of a round of a loop, and explain that round.

    seed: as for `derive_live`. loop, number: as in `Rounds`.
    """
    try:
        script = read(program)
    except (TextError, RefusedAt) as problem:
        return Derivation(printed="", variables=[], truncated=False, error=text_error(problem))
    loops = loops_of(script.tree)
    recording = RoundRecording()
    watch = LoopWatch(loops, begins=True)
    running = Program(script, fresh(seed), watch.hooks)
    chosen = OneRound(loop, number, recording)
    watch.watcher = chosen
    run = running.run(recording)
    watch.watcher = None
    recording.sleep()
    if chosen.names is not None:  # else it ended before
        run = replace(run, names=chosen.names, failure=None)
    result = record(run, script)
    node = next((node for node, other in loops.items() if other.number == loop), None)
    if recording.gave_up or chosen.beginning is None or not isinstance(node, ast.For | ast.While):
        return result
    again = Again(script, node, chosen.beginning, running.hooks)
    try:
        return explained(result, recording, run.names, again.run, curves=True)
    except BaseException:  # a tensor odder than foreseen
        return result


class RoundRecording(Recording):
    """Watches nothing but one round."""

    def __init__(self) -> None:
        super().__init__()
        self.awake = False
        self._sleeps_at = 0

    @property
    def complete(self) -> bool:
        """Whether all that is to be explained was watched: the rest of the program is not."""
        return True

    def wake(self, line: int, names: Mapping[str, Any]) -> None:
        """The round begins, in that line, with these variables."""
        self.awake = True
        self._sleeps_at = self.n_lines + WATCHED
        self._cost = self._n_passes = 0
        self._began, self.began = time.process_time(), time.monotonic()
        self.playback.skip(0)
        self.ledger.line = line
        for name, tensor in named_tensors(names):
            if tensor.grad_fn is None and self.ledger.known(tensor) is None:
                self.calls.born(tensor, name)
                self.ledger.name(tensor, name)

    def sleep(self) -> None:
        """The round is over."""
        self.awake = False

    def _count(self, n_lines: int, cost: int) -> None:
        awake = self.awake
        super()._count(n_lines, cost)
        self.awake = awake and self.n_lines < self._sleeps_at and not self.gave_up


class OneRound:
    """Waits for a round as a `Watcher`, and ends the program when it is over.

    beginning: what there was when it began. names: the variables at its end.
    """

    def __init__(self, loop: int, number: int, recording: RoundRecording) -> None:
        self._loop = loop
        self._number = number
        self._recording = recording
        self.beginning: Beginning | None = None
        self.names: dict[str, Any] | None = None

    def began_round(self, loop: Loop, names: Mapping[str, Any]) -> None:
        """A round begins."""
        if self._is_it(loop) and self.beginning is None:
            self._recording.wake(loop.line, names)
            self.beginning = Beginning(_getframe(2).f_globals, names, self._recording.n_lines)

    def ended_round(self, loop: Loop, names: Mapping[str, Any]) -> None:
        """A round has ended."""
        if self._is_it(loop) and self.names is None and self.beginning is not None:
            self.names = {**self.beginning.own, **names}
            self._recording.sleep()
            stop(0, _getframe(2))
        loop.count += 1

    def _is_it(self, loop: Loop) -> bool:
        return loop.number == self._loop and loop.count + 1 == self._number


@dataclass(slots=True)
class Kept:
    """A tensor and what it was."""

    tensor: Tensor
    data: Tensor
    grad: Tensor | None


class Beginning:
    """The state of a program when a round began.

    own: the program's variables, as the program has them now. n_lines: how many lines had run.
    """

    def __init__(self, own: dict[str, Any], names: Mapping[str, Any], n_lines: int) -> None:
        self.own = own
        self.n_lines = n_lines
        self._own_then = dict(own)
        self._local = None if names is own else dict(names)
        self._chance: State = randomness.states()
        self._kept: list[Kept] | None = None
        everything = [item for item in gc.get_objects() if issubclass(type(item), Tensor)]
        if sum(tensor.nbytes for tensor in everything) <= MAX_KEPT:
            with torch.no_grad():
                self._kept = [
                    Kept(tensor, tensor.data.clone(), clone_of(tensor.grad) if tensor.is_leaf else None)
                    for tensor in everything
                ]

    @property
    def complete(self) -> bool:
        """Whether the round can be run again from here."""
        return self._kept is not None

    def bring_back(self) -> dict[str, Any]:
        """Make everything as it was, but in float64, and give the variables for code to run with."""
        randomness.restore(self._chance)
        for kept in self._kept or ():
            with suppress(RuntimeError):  # one that may not be changed
                wide = kept.tensor.grad_fn is None and kept.data.dtype in NARROW
                if kept.tensor.is_leaf:
                    kept.tensor.grad = None
                kept.tensor.data = kept.data.double() if wide else kept.data.clone()
                if kept.grad is not None:
                    kept.tensor.grad = kept.grad.double() if wide else kept.grad.clone()
        self.own.clear()
        self.own.update(self._own_then)
        return self.own if self._local is None else {**self.own, **self._local}


def clone_of(tensor: Tensor | None) -> Tensor | None:
    """A copy, if there is one."""
    return None if tensor is None else tensor.detach().clone()


class Again:
    """Runs one round again from its beginning."""

    def __init__(self, script: Script, loop: ast.For | ast.While, beginning: Beginning, hooks: Hooks) -> None:
        self._script = script
        self._beginning = beginning
        self._hooks = hooks
        # `break` and `continue` need a loop around them.
        once = ast.For(
            target=ast.Name("_", ast.Store()),
            iter=ast.Tuple([ast.Constant(0)], ast.Load()),
            body=loop.body,
            orelse=[],
        )
        ast.fix_missing_locations(ast.copy_location(once, loop))
        self._code: CodeType | None = None
        with suppress(SyntaxError):  # `return`
            self._code = instrumented(ast.Module([once], []), hooks)

    def run(self, observer: Observer) -> Mapping[str, Any]:
        """The round once more; raises nothing. The variables at its end."""
        if self._code is None or not self._beginning.complete:
            return {}
        names = self._beginning.bring_back()
        self._hooks.observer = observer
        if isinstance(observer, Mover):
            observer.begin(self._beginning.n_lines, dict(named_tensors(names)))
        run = Run(self._script, names, Output(), Randomness(randomness.states()))
        current, watching = CURRENT.set(run), passes.WATCHING.set(observer)
        listen()
        try:
            with stage(self._script, ModuleType("__main__"), run.output, run.chance, run.warned):
                exec(self._code, names)
        except BaseException:  # it has arrived, or has failed on the way
            pass
        finally:
            deafen()
            passes.WATCHING.reset(watching)
            CURRENT.reset(current)
        return names
