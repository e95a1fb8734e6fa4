"""The points of a training run, where somebody typed what y is."""

import ast

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
    torch.default_generator.manual_seed(recipe.seed)
    x = inputs_of(recipe)
    try:
        script = assigned(read(recipe.formula.strip()))
        columns = {"x1": x[:, 0].clone(), "x2": x[:, 1].clone()} if x.dim() == 2 else {}
        run = Program(script, states()).run(names={"torch": torch, "x": x.clone(), **columns})
        if error := failed(run, script):
            return Evaluation(error=error)
        check_unchanged(x, run.names["x"])
        if recipe.classes is None:
            y = numbers(run.names["y"], x, recipe.noise)
        else:
            y = labels(run.names["y"], x, recipe.classes)
            if recipe.noise != 0:
                x = x + recipe.noise * torch.randn(x.size())
    except (TextError, RefusedAt) as problem:
        return Evaluation(error=text_error(problem))
    except WrongValue as refusal:
        return Evaluation(error=refused(refusal, 1, 1))
    except Exception as failure:  # something of torch's that the formula has broken
        return Evaluation(error=ProgramError(type="RuntimeError", message=text_of(failure), line=1, column=1))
    order = torch.randperm(len(x)).tolist()
    drawn = recipe.features == 2 or recipe.classes is not None
    return Evaluation(y=y.tolist(), x=x.flatten().tolist() if drawn else None, order=order)


def inputs_of(recipe: Recipe) -> Tensor:
    """The inputs that a formula is given: evenly spaced, (n,), or drawn from a square, (n, 2)."""
    if recipe.features == 1:
        return torch.linspace(recipe.x_min, recipe.x_max, recipe.n_samples)
    return recipe.x_min + (recipe.x_max - recipe.x_min) * torch.rand(recipe.n_samples, 2)


def assigned(script: Script) -> Script:
    """`y = ...`, of a program that is one expression. Raises: WrongValue: it is not."""
    (statement, *others) = script.tree.body or [ast.Pass()]
    if others or not isinstance(statement, ast.Expr):
        raise WrongValue(N_("A formula is one expression in x, such as torch.sin(3*x)."))
    target = ast.copy_location(ast.Name("y", ast.Store()), statement)
    tree = ast.Module([ast.copy_location(ast.Assign([target], statement.value), statement)], [])
    return Script(tree, compile(tree, FILENAME, "exec", dont_inherit=True), script.lines)


def numbers(value: object, x: Tensor, noise: float) -> Tensor:
    """The y that the formula gave, (n,). Raises: WrongValue: they cannot be trained on."""
    y = y_of(value, x)
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
    return of_each_point(value.detach(), x)


def labels(value: object, x: Tensor, classes: int) -> Tensor:
    """The labels that the formula gave, (n,). Raises: WrongValue: they are no classes."""
    if isinstance(value, bool | int):
        value = torch.tensor(value)
    if not isinstance(value, Tensor) or value.is_floating_point() or value.is_complex():
        raise WrongValue(
            N_("With classes a formula gives true or false, as x > 0 does, or whole numbers, by .long().")
        )
    y = of_each_point(value.long(), x)
    if wrong := [label for label in y.tolist() if not 0 <= label < classes]:
        raise WrongValue(
            N_("The formula gives class {label}; with {classes} classes they are 0 to {last}."),
            label=wrong[0], classes=classes, last=classes - 1,
        )  # fmt: skip
    return y


def of_each_point(value: Tensor, x: Tensor) -> Tensor:
    """One number for each point, (n,). Raises: WrongValue: the formula gave another size."""
    if list(value.shape) in ([len(x)], [1], []):
        return value.expand(len(x))
    if x.dim() == 1:
        raise WrongValue(
            N_("The formula gives a tensor of shape {given}; x has shape {wanted}, and so must y."),
            given=str([*value.shape]), wanted=str([*x.shape]),
        )  # fmt: skip
    raise WrongValue(
        N_(
            "The formula gives a tensor of shape {given}; y needs one number for each point, {wanted}."
            " x[:, 0] and x[:, 1], or x1 and x2, are the two inputs."
        ),
        given=str([*value.shape]), wanted=str([len(x)]),
    )  # fmt: skip


def check_finite(y: Tensor) -> None:
    """Raises: WrongValue: some values are not finite."""
    bad = y.isfinite().logical_not().nonzero().flatten().tolist()
    if bad:
        raise WrongValue(
            N_("The formula gives no number for {count} of {n} {n:point|points}: {value} at index {index}."),
            count=len(bad), n=len(y), value=str(y[bad[0]].item()), index=bad[0],
        )  # fmt: skip
