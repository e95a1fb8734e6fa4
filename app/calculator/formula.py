"""The points of a training run, where somebody typed what y is."""

import ast

import torch
from torch import Tensor

from app.calculator.derivation import confined, error_of
from app.calculator.interpreter.language import compile_program
from app.calculator.interpreter.run import Run
from app.calculator.names.namespaces import MODULES
from app.calculator.parse import parse, text_lines
from app.calculator.refusals import NotSupported, Refusal
from app.errors import N_
from app.protocol.data import Recipe
from app.protocol.formulas import Evaluation


class WrongValue(Refusal):
    """A formula gave what cannot be trained on."""

    kind = "WrongValue"


def evaluate(recipe: Recipe) -> Evaluation:
    """Run the lines of a script that make `y`, after `torch.manual_seed(seed)`.

    Never raises for anything a formula does: that is in the record's `error`.
    """
    run = Run()
    made: list[Tensor] = []

    def work() -> None:
        tree = parse(recipe.formula.strip())
        x = torch.linspace(recipe.x_min, recipe.x_max, recipe.n_samples)
        run.names |= {"torch": MODULES["torch"], "x": x.clone()}
        torch.default_generator.manual_seed(recipe.seed)
        compile_program(assigned(tree), run)()
        check_unchanged(x, run.names["x"])
        y = y_of(run.names["y"], x)
        if recipe.noise != 0:
            y = y + recipe.noise * torch.randn(y.size())
        check_finite(y)
        made.extend((y, torch.randperm(len(x))))

    with confined(run, {}):
        error = error_of(work, run, text_lines(recipe.formula))
    if error is not None:
        return Evaluation(error=error)
    y, order = made
    return Evaluation(y=y.tolist(), order=order.tolist())


def assigned(tree: ast.Module) -> ast.Module:
    """`y = ...`, of a program that is one expression. Raises: NotSupported: it is not."""
    (statement, *others) = tree.body or [ast.Pass()]
    if others or not isinstance(statement, ast.Expr):
        raise NotSupported(N_("A formula is one expression in x, such as torch.sin(3*x)."))
    target = ast.Name("y", ast.Store())
    return ast.Module([ast.copy_location(ast.Assign([target], statement.value), statement)], [])


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
    """Raises: WrongValue: some of it are no numbers to learn."""
    bad = y.isfinite().logical_not().nonzero().flatten().tolist()
    if bad:
        raise WrongValue(
            N_("The formula gives no number for {count} of {n} points: {value} at index {index}."),
            count=len(bad), n=len(y), value=str(y[bad[0]].item()), index=bad[0],
        )  # fmt: skip
