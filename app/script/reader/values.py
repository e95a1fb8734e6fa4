"""What an expression in a script makes: points, a network, an optimizer, a loss function."""

import ast
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from app.errors import N_
from app.protocol.data import PRESETS
from app.protocol.optimizers import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    RMSprop,
    StepLR,
)
from app.protocol.record import Record
from app.protocol.runs import Loss
from app.script.reader.names import Names, is_small, refused, shown, unknown
from app.script.reader.net import Linear, NetClass, made_parts, model_of
from app.script.reader.points import Inputs, Listed, Points, Renamed, Targets, formula_of, lifted, listed
from app.script.reader.reading import (
    Count,
    HeldOut,
    LossFunc,
    Net,
    Optimizer,
    Order,
    Part,
    Reading,
    Scheduler,
)

OPTIMIZERS: Mapping[str, type[Record]] = {
    f"torch.optim.{record.__name__}": record for record in (SGD, Adam, AdamW, RMSprop, Adagrad)
}
SCHEDULERS: Mapping[str, type[Record]] = {
    f"torch.optim.lr_scheduler.{record.__name__}": record
    for record in (StepLR, MultiStepLR, ExponentialLR, CosineAnnealingLR, LinearLR)
}
LOSSES: Mapping[str, Loss] = {f"torch.nn.{name}": name for name in get_args(Loss)}
TORCH_LR = 0.001
"""Of `torch.optim.SGD`; ours is the lesson's."""

LONGEST = 60
"""Parts of what is known by how it is written: all of the following are shorter."""
KEPT = ast.unparse(ast.parse(PRESETS["gap"].x or "", mode="eval"))
SCALED = "(x - x.mean()) / x.std()"
HELD_OUT = re.compile(r"(\w+)\[:(\w+)\]\.sort\(\)\.values")
OTHERS = re.compile(r"(\w+)\[(\w+):\]\.sort\(\)\.values")


class Values:
    """The things in a script, by name.

    names: its modules and numbers. made: everything else. classes: its networks.
    """

    def __init__(self, source: str, reading: Reading) -> None:
        self._lines = re.split("\r\n|\r|\n", source)
        self.reading = reading
        self.names = Names()
        self.made: dict[str, object] = {}
        self.classes: dict[str, NetClass] = {}

    def bind(self, name: str, value: object) -> None:
        """A name for a thing."""
        self.names.forget(name)
        self.made[name] = value

    def of(self, node: ast.expr) -> object:
        """What an expression makes. Raises: Invalid: nothing that a run has."""
        match node:
            case ast.Name(id=name) if name in self.made:
                return self.made[name]
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=index)):
                if isinstance(part := self.made.get(index), Part):
                    return self._split(node, self.made.get(name), part)
        points = self._points(node) or self._split_index(node)
        if points is not None:
            return points
        if isinstance(node, ast.Call) and (made := self._called(node)) is not None:
            return made
        return self._formula(node)

    # Points.

    def _points(self, node: ast.expr) -> Points | HeldOut | None:
        match node:
            case ast.Name(id=name):
                found = self.made.get(name)
                return found if isinstance(found, Inputs | Targets | Listed | HeldOut) else None
            case ast.Call(func=ast.Attribute(value=inner, attr="unsqueeze"), args=[dim], keywords=[]):
                if (points := self._points(inner)) and self.names.constant(dim) in (1, -1):
                    return self._lifted(node, points)
            case ast.Call(func=ast.Attribute(value=inner, attr="view" | "reshape"), args=[_, _], keywords=[]):
                if (points := self._points(inner)) and ast.unparse(node).endswith("(-1, 1)"):
                    return self._lifted(node, points)
            case ast.Subscript(value=inner, slice=ast.Tuple() as index) if ast.unparse(index) in (
                "(:, None)",
                ":, None",
            ):
                if points := self._points(inner):
                    return self._lifted(node, points)
        if isinstance(node, ast.Call):
            return self._made_points(node)
        return self._changed_points(node)

    def _made_points(self, node: ast.Call) -> Points | HeldOut | None:
        match self.names.called(node):
            case "torch.linspace":
                given = self._arguments(node, ("start", "end", "steps"))
                numbers = [
                    self.names.number(given[name]) for name in ("start", "end", "steps") if name in given
                ]
                if len(numbers) != 3 or len(given) != 3:
                    raise unknown(node)
                x_min, x_max, n = numbers
                return Inputs(x_min, x_max, n)
            case "torch.tensor" | "torch.FloatTensor":
                return listed(node, self.names)
            case "torch.unsqueeze":
                given = self._arguments(node, ("input", "dim"))
                if given.keys() == {"input", "dim"} and self.names.constant(given["dim"]) in (1, -1):
                    points = self.of(given["input"])
                    if isinstance(points, Inputs | Targets | Listed | HeldOut):
                        return self._lifted(node, points)
                raise unknown(node)
            case "torch.autograd.Variable" if len(node.args) == 1 and not node.keywords:
                return self._points(node.args[0])
        return None

    def _changed_points(self, node: ast.expr) -> Points | None:
        """Some of x, or x scaled, or y with noise."""
        if not is_small(node, LONGEST):
            return None
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & self.made.keys()
        name = names.pop() if len(names) == 1 else None
        points = self.made.get(name or "")
        if name is None or not isinstance(points, Inputs | Targets | Listed):
            return None
        text = ast.unparse(Renamed(name, self.names).visit(ast.parse(ast.unparse(node), mode="eval").body))
        untouched = not isinstance(points, Targets) and not points.scaled and not points.held_out
        if text == KEPT and isinstance(points, Inputs) and untouched and points.dims == 1 and not points.kept:
            return replace(points, kept=True)
        if text == SCALED and untouched and points.dims == 1 and not isinstance(points, Targets):
            return replace(points, scaled=True)
        match node:
            case ast.BinOp(op=ast.Add(), right=ast.BinOp(left=noise, op=ast.Mult())):
                drawn = text.startswith("x + ") and text.endswith(" * torch.randn(x.size())")
                if drawn and isinstance(points, Targets) and not points.noise and not points.held_out:
                    return replace(points, noise=float(self.names.number(noise)))
        return None

    def _formula(self, node: ast.expr) -> Targets:
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & self.made.keys()
        inputs = [name for name in names if isinstance(self.made[name], Inputs)]
        if len(names) != 1 or len(inputs) != 1:
            raise unknown(node)
        x = self.made[inputs[0]]
        assert isinstance(x, Inputs)
        return formula_of(node, inputs[0], x, self.names, self._text(node))

    def _text(self, node: ast.expr) -> str:
        """How an expression is written, if it is on one line."""
        if node.end_lineno != node.lineno:
            return ""
        line = self._lines[node.lineno - 1].encode("utf-8", "replace")
        return line[node.col_offset : node.end_col_offset].decode("utf-8", "replace")

    def _lifted(self, node: ast.AST, points: Points | HeldOut) -> Points | HeldOut:
        if isinstance(points, HeldOut):
            return points
        if points.dims > 1:
            raise refused(node, N_("line {line}: this is unsqueezed already"))
        return lifted(points)

    # What is held out.

    def _split_index(self, node: ast.expr) -> object:
        if not is_small(node, LONGEST):
            return None
        text = ast.unparse(node)
        if (found := HELD_OUT.fullmatch(text) or OTHERS.fullmatch(text)) is not None:
            order, count = self.made.get(found[1]), self.made.get(found[2])
            if isinstance(order, Order) and isinstance(count, Count):
                return Part(count.fraction, ":" + found[2] in text)
        match node:
            case ast.Call(func=ast.Name(id="round"), args=[ast.BinOp(left=left, op=ast.Mult(), right=right)]):
                if self._is_length(right):
                    return Count(float(self.names.number(left)))
            case ast.Call(args=[length]) if self.names.called(node) == "torch.randperm":
                if self._is_length(length):
                    return Order()
        return None

    def _is_length(self, node: ast.expr) -> bool:
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)], keywords=[]):
                return isinstance(self.made.get(name), Inputs | Listed)
        return False

    def _split(self, node: ast.AST, points: object, part: Part) -> Points | HeldOut:
        if part.held_out:
            return HeldOut()
        if not isinstance(points, Inputs | Targets | Listed) or points.held_out or points.dims > 1:
            raise unknown(node)
        return replace(points, held_out=part.fraction)

    # Objects of torch.

    def _called(self, node: ast.Call) -> object:
        if isinstance(node.func, ast.Name) and node.func.id in self.classes:
            return self._net(node, self.classes[node.func.id])
        path = self.names.called(node) or ""
        if path == "torch.nn.Sequential":
            parts = made_parts(node, self.names)
            return self._take_net(node, model_of(node, parts, parts, self.names, {}), ())
        if (path in OPTIMIZERS and "optimizer" in self.reading.values) or (
            path in SCHEDULERS and "scheduler" in self.reading.values
        ):
            raise refused(node, N_("line {line}: a run has one optimizer, and at most one scheduler"))
        if path in OPTIMIZERS:
            self.reading.put("optimizer", self._settings(node, OPTIMIZERS[path], Net, "params"), node)
            return Optimizer()
        if path in SCHEDULERS:
            self.reading.put(
                "scheduler", self._settings(node, SCHEDULERS[path], Optimizer, "optimizer"), node
            )
            return Scheduler()
        if path in LOSSES:
            if node.args or any(ast.unparse(keyword) != "reduction='mean'" for keyword in node.keywords):
                raise unknown(node)
            self.reading.put("loss", LOSSES[path], node)
            return LossFunc(LOSSES[path])
        return None

    def _net(self, node: ast.Call, net: NetClass) -> Net:
        local = net.bound(node, self.names)
        made = [part for parts in net.parts.values() for part in parts]
        model = model_of(net.node, net.passed, made, self.names, local)
        alone = all(len(parts) == 1 for parts in net.parts.values())
        layers = [name for name, parts in net.parts.items() if isinstance(parts[0], Linear)] if alone else []
        return self._take_net(node, model, tuple(layers))

    def _take_net(self, node: ast.Call, model: dict[str, Any], layers: tuple[str, ...]) -> Net:
        if "model" in self.reading.values:
            raise refused(node, N_("line {line}: a run has one network"))
        self.reading.put("model", model, node)
        return Net(model, layers)

    def _settings(self, node: ast.Call, record: type[Record], first: type, first_name: str) -> dict[str, Any]:
        """The arguments of an optimizer or a scheduler, whose first is what it works on."""
        settings = [name for name in record.model_fields if name != "name"]
        given = self._arguments(node, (first_name, *settings))
        on = given.pop(first_name, None)
        holder = (
            on.func.value
            if isinstance(on, ast.Call)
            and ast.unparse(on).endswith(".parameters()")
            and isinstance(on.func, ast.Attribute)
            else on
        )
        name = holder.id if isinstance(holder, ast.Name) and (first is not Net or holder is not on) else ""
        if not isinstance(self.made.get(name), first):
            raise unknown(node)
        for argument in given.keys() - set(settings):
            raise refused(
                node,
                N_("line {line}: a run's {name} has no {argument}"),
                name=record.__name__,
                argument=argument,
            )
        defaults = {"lr": TORCH_LR} if record is SGD else {}
        values = {argument: self.names.constant(value) for argument, value in given.items()}
        return {"name": record.__name__, **defaults, **values}

    def _arguments(self, node: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
        """The arguments of a call by name."""
        given = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in given:
                raise unknown(node)
            given[keyword.arg] = keyword.value
        if len(node.args) > len(names):
            raise refused(node, N_("line {line}: too many arguments: {code}"), code=shown(node))
        return given
