"""A program in, what it does while it runs, and at the end what it did."""

from app.calculator.derivation import told
from app.calculator.explain.recording import Recording
from app.calculator.failures import text_error
from app.calculator.live.loops import loops_of
from app.calculator.live.rounds import LoopWatch
from app.calculator.live.wire import Wire
from app.calculator.program.figures import SCREEN
from app.calculator.program.randomness import fresh
from app.calculator.program.read import RefusedAt, TextError, read
from app.calculator.program.run import Program
from app.protocol.gradients import Derivation


def derive_live(program: str, seed: int, wire: Wire) -> Derivation:
    """Run a program, and tell of it by `wire` meanwhile. seed: of its random numbers until it sets one.

    Never raises for anything a program does.
    """
    try:
        script = read(program)
    except (TextError, RefusedAt) as problem:
        return Derivation(printed="", variables=[], truncated=False, error=text_error(problem))
    watch, recording = LoopWatch(loops_of(script.tree)), Recording()
    running = Program(script, fresh(seed), watch.hooks)
    watch.watcher = wire
    screen = SCREEN.set(wire.figures)
    run = running.run(recording)
    SCREEN.reset(screen)
    watch.watcher = None
    wire.finish(run.output)
    return told(running, run, recording, curves=True)
