"""The points of a training run, where somebody typed what y is."""

import ast
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from app.calculator.failures import failed, refused, text_error, text_of
from app.calculator.program.randomness import states
from app.calculator.program.read import FILENAME, RefusedAt, Script, TextError, read
from app.calculator.program.run import Program
from app.calculator.refusals import Refusal
from app.errors import N_
from app.protocol.data import Recipe
from app.protocol.formulas import Evaluation
from app.protocol.gradients import ProgramError


class WrongValue(Refusal):
    """A formula gave what cannot be trained on."""

    kind = "WrongValue"


def evaluate(recipe: Recipe) -> Evaluation:
    """Run the lines of a script that make `y`, after `torch.manual_seed(seed)`.

    Never raises for anything a formula does: that is in the record's `error`.
    """
    x = torch.linspace(recipe.x_min, recipe.x_max, recipe.n_samples)
    torch.default_generator.manual_seed(recipe.seed)
    try:
        script = assigned(read(recipe.formula.strip()))
        run = Program(script, states()).run(names={"torch": torch, "x": x.clone()})
        if error := failed(run, script):
            return Evaluation(error=error)
        y = learnable(run.names, x, recipe.noise)
    except (TextError, RefusedAt) as problem:
        return Evaluation(error=text_error(problem))
    except WrongValue as refusal:
        return Evaluation(error=refused(refusal, 1, 1))
    except Exception as failure:  # something of torch's that the formula has broken
        return Evaluation(error=ProgramError(type="RuntimeError", message=text_of(failure), line=1, column=1))
    return Evaluation(y=y.tolist(), order=torch.randperm(len(x)).tolist())


def assigned(script: Script) -> Script:
    """`y = ...`, of a program that is one expression. Raises: WrongValue: it is not."""
    (statement, *others) = script.tree.body or [ast.Pass()]
    if others or not isinstance(statement, ast.Expr):
        raise WrongValue(N_("A formula is one expression in x, such as torch.sin(3*x)."))
    target = ast.copy_location(ast.Name("y", ast.Store()), statement)
    tree = ast.Module([ast.copy_location(ast.Assign([target], statement.value), statement)], [])
    return Script(tree, compile(tree, FILENAME, "exec", dont_inherit=True), script.lines)


def learnable(names: Mapping[str, Any], x: Tensor, noise: float) -> Tensor:
    """The points that the formula gave. Raises: WrongValue: they cannot be trained on."""
    check_unchanged(x, names["x"])
    y = y_of(names["y"], x)
    if noise != 0:
        y = y + noise * torch.randn(y.size())
    check_finite(y)
    return y


def check_unchanged(x: Tensor, now: object) -> None:
    """Raises: WrongValue: the formula has changed the x that it was given."""
    if not isinstance(now, Tensor) or now.requires_grad or not torch.equal(x, now):
        raise WrongValue(N_("The formula changes x. It may only read it."))


def y_of(value: object, x: Tensor) -> Tensor:
    """What the formula gave, in the size of x. Raises: WrongValue: it is of another kind or size."""
    if not isinstance(value, Tensor):
        raise WrongValue(
            N_("The formula gives a value of type {given}, not a tensor. Write it with x: 0*x + 0.5."),
            given=type(value).__name__,
        )
    if value.dtype != torch.float32:
        raise WrongValue(
            N_("The formula gives {given}, and the model needs torch.float32. Convert it with .float()."),
            given=str(value.dtype),
        )
    if list(value.shape) not in ([*x.shape], [1], []):
        raise WrongValue(
            N_("The formula gives a tensor of shape {given}; x has shape {wanted}, and so must y."),
            given=str([*value.shape]), wanted=str([*x.shape]),
        )  # fmt: skip
    return value.detach().expand_as(x)


def check_finite(y: Tensor) -> None:
    """Raises: WrongValue: some values are not finite."""
    bad = y.isfinite().logical_not().nonzero().flatten().tolist()
    if bad:
        raise WrongValue(
            N_("The formula gives no number for {count} of {n} {n:point|points}: {value} at index {index}."),
            count=len(bad), n=len(y), value=str(y[bad[0]].item()), index=bad[0],
        )  # fmt: skip
