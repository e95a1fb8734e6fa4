"""Hooks at the rounds of a program's loops."""

import ast
from collections.abc import Callable, Mapping
from sys import _getframe
from typing import Any, Protocol

from app.calculator.live.loops import Loop


class Watcher(Protocol):
    """Who is told of rounds."""

    def began_round(self, loop: Loop, names: Mapping[str, Any]) -> None:
        """A round begins; `names` are those of the function that the loop is in, or of the program."""

    def ended_round(self, loop: Loop, names: Mapping[str, Any]) -> None:
        """A round has ended."""


class LoopHooks:
    """The hooks of one loop: what `app.calculator.program.instrument` puts around its rounds."""

    def __init__(self, loop: Loop, watcher: Callable[[], Watcher | None], begins: bool) -> None:
        """begins: whether the beginning of rounds is told as well."""
        self._loop = loop
        self._watcher = watcher
        self.begin_round = self._begun if begins else None

    def begin(self, iterable: Any = None) -> Any:
        """The loop is entered: gives back what it goes over."""
        if self._watcher() is not None:
            self._loop.begin(iterable)
        return iterable

    def _begun(self) -> None:
        if watcher := self._watcher():
            watcher.began_round(self._loop, _getframe(1).f_locals)

    def end_round(self) -> None:
        """A round has ended, however. A loop of a million rounds ends most of them here."""
        loop = self._loop
        if loop.quiet and loop.count % loop.stride:
            loop.count += 1
            loop.done += 1
        elif watcher := self._watcher():
            watcher.ended_round(loop, _getframe(1).f_locals)


class LoopWatch:
    """The loops of one program and who is told of them; nobody while it runs again for something else."""

    def __init__(self, loops: Mapping[ast.AST, Loop], begins: bool = False) -> None:
        self.loops = loops
        self.watcher: Watcher | None = None
        self._begins = begins

    def hooks(self, node: ast.stmt) -> LoopHooks | None:
        """The hooks of a loop; None for one that is not followed."""
        loop = self.loops.get(node)
        return None if loop is None else LoopHooks(loop, lambda: self.watcher, self._begins)
