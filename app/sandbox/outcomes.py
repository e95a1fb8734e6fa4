"""What a person is told when a program's process was ended: an ordinary result, with `error` set."""

import signal

from app.errors import N_
from app.protocol.gradients import Derivation, ProgramError
from app.sandbox.messages import Ended


def timeout() -> Derivation:
    """It ran out of wall-clock or processor time."""
    return _failed("Timeout", "timeout", N_("The program took too long and was ended."))


def ended(by: Ended, memory: int) -> Derivation:
    """It died. `memory`: bytes a program may take."""
    if by.signal == signal.SIGXCPU:
        return timeout()
    # torch reports a refused allocation; Python and libc may die of one instead, in various ways.
    if by.memory > memory / 2:
        return _failed("MemoryError", "memory", N_("The program took too much memory and was ended."))
    return crashed()


def crashed() -> Derivation:
    """It crashed torch or Python, tried something forbidden, or gave an answer that is none."""
    return _failed("Crashed", "crashed", N_("The program crashed the process that ran it."))


def _failed(kind: str, topic: str, message: str) -> Derivation:
    error = ProgramError(type=kind, message=message, line=None, column=None, topic=topic)
    return Derivation(printed="", variables=[], truncated=False, error=error)
