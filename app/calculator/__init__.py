"""Text to gradients: parse a program, run it through an interpreter over reviewed names, tell what it did."""

from app.calculator.derivation import derive
from app.calculator.formula import evaluate
from app.calculator.warmup import warm_up

__all__ = ["derive", "evaluate", "warm_up"]
