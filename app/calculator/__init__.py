"""Text to gradients: read a program, run it, tell what it did and why; and what run a training script is."""

from app.calculator.derivation import derive
from app.calculator.formula import evaluate
from app.calculator.scripts.observe import observe
from app.calculator.warmup import warm_up

__all__ = ["derive", "evaluate", "observe", "warm_up"]
