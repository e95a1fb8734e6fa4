"""A whole script, statement by statement."""

import ast
from typing import Any, get_args

from app.errors import N_, Invalid
from app.protocol.runs import Init
from app.script.limits import syntax_tree
from app.script.reader.aside import is_aside, is_aside_call
from app.script.reader.loop import LoopReader
from app.script.reader.names import FIELD, refused, unknown
from app.script.reader.net import read_class
from app.script.reader.points import Inputs, Listed, Points, Targets, data_of
from app.script.reader.reading import SEED, SEEDED_AGAIN, Net, Reading
from app.script.reader.values import Values

IS_MAIN = "__name__ == '__main__'"
INITS = {f"torch.nn.init.{name}": name for name in get_args(Init) if name != "default"}


def read(text: str) -> Reading:
    """The settings of the run that a script trains. It is parsed, and never run.

    Raises: Invalid: it is no Python, or has something that no run has; the message names the line.
    """
    try:
        tree = syntax_tree(text, FIELD)
    except SyntaxError as error:
        message = N_("line {line}: this is not Python: {error}")
        raise Invalid(FIELD, message, line=error.lineno or 1, error=error.msg) from None
    reader = ScriptReader(text)
    reader.read(tree.body)
    reader.finish(tree)
    return reader.reading


class ScriptReader:
    """Reads statements in their order."""

    def __init__(self, text: str) -> None:
        self.reading = Reading()
        self.values = Values(text, self.reading)
        self._loop: LoopReader | None = None
        self._seeds: list[tuple[bool, ast.AST]] = []

    def read(self, statements: list[ast.stmt]) -> None:
        """All of these. Raises: Invalid."""
        for statement in statements:
            if not self._read_one(statement):
                raise unknown(statement)

    def _read_one(self, node: ast.stmt) -> bool:
        """Whether it is something that a run has, or can do without."""
        values = self.values
        match node:
            case ast.Import() | ast.ImportFrom():
                values.names.imported(node)
            case ast.ClassDef():
                values.classes[node.name] = read_class(node, values.names)
            case ast.If(test=test, body=body, orelse=[]) if ast.unparse(test) == IS_MAIN:
                self.read(body)
            case ast.Expr(value=ast.Call() as call) if values.names.called(call) == "torch.manual_seed":
                self._seed(call)
            case _ if self._loop is not None:
                return is_aside(node, values)
            case ast.Assign(targets=[target], value=value):
                return self._assign(target, value) or is_aside(node, values)
            case ast.For(
                target=ast.Name(id=layer),
                iter=ast.Tuple() | ast.List() as layers,
                body=[ast.Expr(value=ast.Call() as call)],
            ):
                self._init(layer, layers, call)
            case ast.For():
                self._loop = LoopReader(values)
                self._loop.read(node)
            case _:
                return is_aside(node, values)
        return True

    def _assign(self, target: ast.expr, value: ast.expr) -> bool:
        """Bind one name, or as many as there are values. Returns whether that is what it does."""
        match target, value:
            case ast.Name(), _:
                pairs: list[tuple[ast.expr, ast.expr]] = [(target, value)]
            case ast.Tuple(elts=targets), ast.Tuple(elts=parts) if len(targets) == len(parts):
                pairs = list(zip(targets, parts, strict=True))
            case _:
                return False
        if any(self._calls_aside(part) for _, part in pairs):
            return False
        made = [self._value(part) for _, part in pairs]
        for (name, _), (is_constant, thing) in zip(pairs, made, strict=True):
            if not isinstance(name, ast.Name):
                return False
            if is_constant:
                self.values.made.pop(name.id, None)
                self.values.names.bind(name.id, thing)
            else:
                self.values.bind(name.id, thing)
        return True

    def _value(self, node: ast.expr) -> tuple[bool, Any]:
        """Whether an expression is a number, or a list of numbers, and what it makes."""
        parts = list(ast.walk(node))
        names = {part.id for part in parts if isinstance(part, ast.Name)}
        if names & self.values.made.keys() or any(isinstance(part, ast.Call) for part in parts):
            return False, self.values.of(node)
        return True, self.values.names.constant(node)

    def _calls_aside(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and is_aside_call(node, self.values)

    def _seed(self, call: ast.Call) -> None:
        if self._loop is not None or len(call.args) != 1 or call.keywords:
            raise unknown(call)
        if "model" in self.reading.values:
            raise refused(call, N_("line {line}: a run does not set its seed after its network is made"))
        seed = self.values.names.number(call.args[0])
        if self.reading.values.get("seed", seed) != seed:
            raise refused(call, N_("line {line}: a run has one seed"))
        self.reading.put("seed", seed, call)
        self._seeds.append(
            (any(isinstance(made, Inputs | Listed) for made in self.values.made.values()), call)
        )

    def _init(self, layer: str, layers: ast.Tuple | ast.List, call: ast.Call) -> None:
        """`for layer in (net.hidden, net.predict): torch.nn.init.normal_(layer.weight)`."""
        init = INITS.get(self.values.names.called(call) or "")
        owners = [
            item.value.id
            for item in layers.elts
            if isinstance(item, ast.Attribute) and isinstance(item.value, ast.Name)
        ]
        net = (
            self.values.made.get(owners[0])
            if len(set(owners)) == 1 and len(owners) == len(layers.elts)
            else None
        )
        named = tuple(item.attr for item in layers.elts if isinstance(item, ast.Attribute))
        argument = [ast.unparse(part) for part in (*call.args, *call.keywords)]
        if init is None or not isinstance(net, Net) or named != net.layers or argument != [f"{layer}.weight"]:
            raise unknown(call)
        self.reading.put("model", {**self.reading.values["model"], "init": init}, call)

    def finish(self, tree: ast.Module) -> None:
        """Put together what the statements have made. Raises: Invalid: something is missing."""
        loop = self._loop
        for name, missing in (
            ("model", N_("There is no network in this script.")),
            ("optimizer", N_("There is no optimizer in this script.")),
            ("max_steps", N_("There is no training loop in this script.")),
        ):
            if name not in self.reading.values:
                raise Invalid(FIELD, missing, line=None)
        assert loop is not None
        x, y = loop.x or self._named("x"), loop.y or self._named("y")
        if x is None or y is None:
            raise Invalid(FIELD, N_("There are no points x and y in this script."), line=None)
        self.reading.put(
            "data", data_of(self.reading.nodes["max_steps"], x, y), self.reading.nodes["max_steps"]
        )
        self._remark_on_seed(tree, y)

    def _named(self, name: str) -> Points | None:
        found = self.values.made.get(name)
        return found if isinstance(found, Inputs | Targets | Listed) else None

    def _remark_on_seed(self, tree: ast.Module, y: Points) -> None:
        if not self._seeds:
            self.reading.remark(tree.body[0], SEED)
        drawn = y.held_out or (isinstance(y, Targets) and (y.noise or "rand" in y.formula))
        if self._seeds and drawn and {after_data for after_data, _ in self._seeds} != {False, True}:
            self.reading.remark(self._seeds[-1][1], SEEDED_AGAIN)
