"""Text to gradients: read a program, run it, tell what it did and why."""

from app.calculator.derivation import derive
from app.calculator.formula import evaluate
from app.calculator.warmup import warm_up

__all__ = ["derive", "evaluate", "warm_up"]
