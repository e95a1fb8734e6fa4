"""The training loop in a script."""

import ast
from typing import Any

from app.errors import N_
from app.protocol.runs import LineName
from app.script.changes import LINES
from app.script.reader.aside import is_aside
from app.script.reader.names import refused, unknown
from app.script.reader.points import Inputs, Listed, Points, Targets
from app.script.reader.reading import LossFunc, LossValue, Net, Optimizer, Prediction, Scheduler
from app.script.reader.values import LOSSES, Values

FUNCTIONAL = {
    "torch.nn.functional.mse_loss": "MSELoss",
    "torch.nn.functional.l1_loss": "L1Loss",
    "torch.nn.functional.smooth_l1_loss": "SmoothL1Loss",
    "torch.nn.functional.huber_loss": "HuberLoss",
}


class LoopReader:
    """Reads `for t in range(...)`.

    found: the lines of the loop, in the order in which they stand. x, y: the points it takes.
    """

    def __init__(self, values: Values) -> None:
        self.values = values
        self.found: list[LineName] = []
        self.x: Points | None = None
        self.y: Points | None = None
        self._batches: tuple[str, ast.expr] | None = None
        self._batch: str | None = None
        self._steps_scheduler = False

    def read(self, loop: ast.For) -> None:
        """All of it. Raises: Invalid: it has what a run's loop has not."""
        reading = self.values.reading
        reading.put("max_steps", self._rounds(loop), loop)
        for statement in loop.body:
            self._statement(statement)
        self._check(loop)
        reading.put("loop", {line: line in self.found for line in LINES}, loop)
        if self._batches is not None:
            reading.put("batch_size", self.values.names.number(self._batches[1]), self._batches[1])

    def _rounds(self, loop: ast.For) -> Any:
        match loop:
            case ast.For(
                target=ast.Name(), iter=ast.Call(func=ast.Name(id="range"), args=args, keywords=[]), orelse=[]
            ) if len(args) in (1, 2):
                numbers = [self.values.names.number(argument) for argument in args]
                return numbers[-1] - (numbers[0] if len(numbers) == 2 else 0)
        raise refused(loop, N_("line {line}: only a loop over range(...) can be read"))

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if self._assigned(name, value):
                    return
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=owner), attr=method), args=[], keywords=[]
                )
            ):
                if self._called(owner, method):
                    return
            case ast.If(test=test, body=[ast.Break()], orelse=[]):
                if self._stops(node, test):
                    return
            case ast.If(
                test=ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)),
                body=[ast.Assign() as draw],
                orelse=[],
            ):
                if self._draws(name, draw):
                    return
        if not is_aside(node, self.values):
            raise unknown(node)

    def _assigned(self, name: str, value: ast.expr) -> bool:
        """`prediction = net(x)`, `loss = loss_func(prediction, y)`, or the next mini-batch."""
        if self._batches is not None and ast.unparse(value) == f"{self._batches[0]}.pop(0)":
            self._batch = name
            return True
        if self._is_prediction(value):
            self.found.append("forward")
            self.values.bind(name, Prediction())
            return True
        match value:
            case ast.Call(func=function, args=[one, other], keywords=[]) if loss := self._loss(function):
                if self._is_prediction(one):
                    self.found.append("forward")
                elif not self._is_made(one, Prediction) and "forward" in self.found:
                    one, other = other, one
                    if not self._is_made(one, Prediction):
                        raise unknown(value)
                self.found.append("loss")
                self.y = self._taken(other)
                self.values.bind(name, LossValue())
                self.values.reading.put("loss", loss, function)
                return True
        return False

    def _is_prediction(self, value: ast.expr) -> bool:
        """Whether it is `net(x)`."""
        match value:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name), attr="forward"),
                args=[x],
                keywords=[],
            ):
                if isinstance(self.values.made.get(name), Net):
                    self.x = self._taken(x)
                    return True
        return False

    def _is_made(self, node: ast.expr, kind: type) -> bool:
        return isinstance(node, ast.Name) and isinstance(self.values.made.get(node.id), kind)

    def _loss(self, function: ast.expr) -> str | None:
        if isinstance(function, ast.Name) and isinstance(made := self.values.made.get(function.id), LossFunc):
            return made.name
        names = self.values.names
        return LOSSES.get(names.called(function) or "") or FUNCTIONAL.get(names.path(function) or "")

    def _taken(self, node: ast.expr) -> Points:
        """The points that a step takes: all, or those of its mini-batch."""
        match node:
            case ast.Subscript(value=inner, slice=ast.Name(id=index)) if index == self._batch:
                node = inner
            case _ if self._batch is not None:
                raise unknown(node)
        found = self.values.made.get(node.id) if isinstance(node, ast.Name) else None
        if not isinstance(found, Inputs | Targets | Listed):
            raise unknown(node)
        return found

    def _called(self, owner: str, method: str) -> bool:
        made = self.values.made.get(owner)
        line: LineName | None = None
        if method == "zero_grad" and isinstance(made, Optimizer | Net):
            line = "zero_grad"
        elif method == "step" and isinstance(made, Optimizer):
            line = "step"
        elif method == "backward" and (
            isinstance(made, LossValue) or (made is None and "loss" not in self.found)
        ):
            line = "backward"
        elif method == "step" and isinstance(made, Scheduler):
            self._steps_scheduler = self.found[-1:] == ["step"]
            return self._steps_scheduler
        if line is not None:
            self.found.append(line)
        return line is not None

    def _stops(self, node: ast.If, test: ast.expr) -> bool:
        """A loss at which the loop ends; that it also ends when it diverges goes without saying."""
        match test:
            case ast.Compare(left=left, ops=[ast.LtE()], comparators=[bound]) if "loss" in ast.unparse(left):
                self.values.reading.put("stop_loss", self.values.names.number(bound), node)
                return True
        return ast.unparse(test).startswith("not math.isfinite(")

    def _draws(self, name: str, draw: ast.Assign) -> bool:
        """`batches = list(torch.randperm(len(x)).split(size))`."""
        match draw:
            case ast.Assign(
                targets=[ast.Name(id=target)],
                value=ast.Call(
                    func=ast.Name(id="list"),
                    args=[
                        ast.Call(
                            func=ast.Attribute(value=ast.Call(args=[length]) as order, attr="split"),
                            args=[size],
                        )
                    ],
                ),
            ) if target == name and self.values.names.called(order) == "torch.randperm":
                if ast.unparse(length).startswith("len(") and name not in self.values.made:
                    self._batches = (name, size)
                    return True
        return False

    def _check(self, loop: ast.For) -> None:
        """Raises: Invalid: the lines stand in an order that a run has not."""
        others = [line for line in self.found if line != "zero_grad"]
        if others != sorted(set(others), key=LINES.index) or self.found.count("zero_grad") > 1:
            raise refused(loop, N_("line {line}: the loop's lines do not come once each, in the usual order"))
        between = ["backward", "zero_grad", "step"]
        if [line for line in self.found if line in between] == between:
            raise refused(
                loop, N_("line {line}: zero_grad() between backward() and step() undoes every step")
            )
        has_scheduler = "scheduler" in self.values.reading.values
        if has_scheduler and "step" in self.found and not self._steps_scheduler:
            raise refused(loop, N_("line {line}: the loop does not step the scheduler after the optimizer"))
