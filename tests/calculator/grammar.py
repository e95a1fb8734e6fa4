"""Programs made up at random, in the style of autograd tutorials: tensors, shapes, gradients, control flow.

Most of them run; some fail, and then must fail as in Python and torch.
"""

from collections.abc import Callable

from hypothesis import strategies as st

Shape = tuple[int, ...]

SHAPES: tuple[Shape, ...] = ((), (1,), (3,), (2, 3), (3, 2), (3, 3), (2, 1))
NUMBERS = ("0.0", "0.5", "1.0", "-1.5", "2.0", "-0.25", "3.0")
POINTWISE = (
    "torch.sin({})", "torch.cos({})", "torch.tanh({})", "{}.exp()", "torch.sigmoid({})", "torch.relu({})",
    "{}.abs()", "{}.square()", "-{}", "{} ** 2", "{} * 0.5", "1 - {}", "2 ** {}", "{}.clamp(-1, 1)",
    "{}.clone()",
    "F.softplus({})", "F.gelu({})", "{}.detach()", "{} / 3", "{}.round()", "F.leaky_relu({}, 0.1)", "{} + 1",
    "torch.where({0} > 0, {0}, -{0})", "{}.masked_fill({} > 1, 0.0)", "{}.sign() * {}", "{}.floor()",
    "{}.double().float()", "({}).requires_grad_()", "torch.zeros_like({})", "{}.contiguous()", "{}.sqrt()",
    "{}.log()",
)  # fmt: skip
BINARY = (
    "{} + {}",
    "{} - {}",
    "{} * {}",
    "{} / {}",
    "torch.maximum({}, {})",
    "torch.atan2({}, {})",
    "{} * {} + 1",
)
TO_SCALAR = (
    "{}.sum()", "{}.mean()", "{}.max()", "{}.prod()", "{}.norm()", "{}.std()", "({} ** 2).sum()", "{}.min()",
    "{}.logsumexp(0).sum()", "F.mse_loss({0}, {0} * 0.5)", "{}.flatten()[0]",
    "torch.dot({0}.flatten(), {0}.flatten())",
)  # fmt: skip
TESTS = (
    "{}.sum() > 0",
    "{}.mean().item() < 1",
    "{}.numel() > 2",
    "{}.requires_grad",
    "{}.is_leaf",
    "{}.dim() == 1",
)
ERRORS = "(RuntimeError, ValueError, TypeError, IndexError, AttributeError, ZeroDivisionError)"


class Writer:
    """Writes one program. shapes: of the tensors named so far. draw: hypothesis's source of choices."""

    def __init__(self, draw: Callable[[st.SearchStrategy[object]], object]) -> None:
        self._draw = draw
        self.lines = ["import torch", "import torch.nn.functional as F", "torch.manual_seed(0)"]
        self.shapes: dict[str, Shape] = {}
        self.numbers: list[str] = []
        self.count = 0

    def choose(self, *choices: str) -> str:
        """One of some texts."""
        return str(self._draw(st.sampled_from(choices)))

    def number(self, low: int, high: int) -> int:
        """A whole number between the two, both included."""
        return int(str(self._draw(st.integers(low, high))))

    def shape(self) -> Shape:
        """A shape."""
        return SHAPES[self.number(0, len(SHAPES) - 1)]

    def name(self, prefix: str) -> str:
        """A new name."""
        self.count += 1
        return f"{prefix}{self.count}"

    def write(self, line: str, indent: int) -> None:
        """Add a line."""
        self.lines.append("    " * indent + line)

    def literal(self, shape: Shape) -> str:
        """Nested lists of numbers."""
        if not shape:
            return self.choose(*NUMBERS)
        return "[" + ", ".join(self.literal(shape[1:]) for _ in range(shape[0])) + "]"

    def leaf(self, indent: int, _: int = 0) -> None:
        """A tensor of the program's own."""
        shape, name = self.shape(), self.name("x")
        grad = self.choose(", requires_grad=True", ", requires_grad=True", "")
        self.write(f"{name} = torch.tensor({self.literal(shape)}{grad})", indent)
        self.shapes[name] = shape

    def tensor(self, shape: Shape, depth: int = 2) -> str:
        """An expression of this shape."""
        known = [name for name, found in self.shapes.items() if found == shape]
        kind = self.number(0, 5) if depth else 0
        if kind <= 1 and known:
            return self.choose(*known)
        if kind <= 1:
            return f"torch.tensor({self.literal(shape)})"
        if kind == 2:
            return self.fill(self.choose(*POINTWISE), self.tensor(shape, depth - 1))
        if kind == 3:
            other = self.tensor(shape if self.number(0, 2) else (), depth - 1)
            return "(" + self.choose(*BINARY).format(self.tensor(shape, depth - 1), other) + ")"
        return self.shaped(shape, depth - 1)

    def fill(self, pattern: str, inner: str) -> str:
        """A pattern with the same expression in each place."""
        text = inner if inner.isidentifier() else f"({inner})"
        return pattern.replace("{0}", text).replace("{}", text)

    def shaped(self, shape: Shape, depth: int) -> str:
        """An expression that comes to this shape from another one."""
        if shape == ():
            return self.fill(self.choose(*TO_SCALAR), self.tensor(self.shape(), depth))
        if len(shape) == 2:
            rows, columns = shape
            inner = (
                self.tensor((columns, rows), depth)
                if (columns, rows) in SHAPES
                else self.tensor(shape, depth)
            )
            if (columns, rows) in SHAPES and self.number(0, 1):
                return f"({inner}).t()"
            if (rows, 3) in SHAPES and (3, columns) in SHAPES:
                return f"({self.tensor((rows, 3), depth)} @ {self.tensor((3, columns), depth)})"
            return f"({self.tensor((), depth)}).expand({rows}, {columns})"
        pattern = self.choose(
            "({}).sum(0)",
            "({})[0]",
            "({}).mean(dim=0)",
            "({}).max(dim=0).values",
            "({}).cumsum(0)[-1]",
            "({})[-1]",
        )
        return pattern.format(self.tensor((2, 3) if shape == (3,) else (2, 1), depth))

    def statement(self, indent: int, depth: int) -> None:
        """One statement, simple or compound."""
        simple: list[Callable[[int, int], None]] = [
            self.leaf, self.assign, self.assign, self.show, self.augment, self.python, self.backward,
            self.grad, self.function, self.comprehension,
        ]  # fmt: skip
        compound: list[Callable[[int, int], None]] = [self.branch, self.loop, self.attempt, self.untracked]
        kinds = simple + compound if depth else simple
        kinds[self.number(0, len(kinds) - 1)](indent, depth)

    def block(self, indent: int, depth: int) -> None:
        """One to three statements. What they name may not be there afterwards, so it is forgotten."""
        before = dict(self.shapes)
        for _ in range(self.number(1, 3)):
            self.statement(indent, depth - 1)
        self.shapes = before

    def known(self) -> str:
        """A tensor named so far."""
        if not self.shapes:
            return "torch.tensor(1.5, requires_grad=True)"
        return self.choose(*self.shapes)

    def assign(self, indent: int, _: int = 0) -> None:
        """`y = expression`."""
        shape, name = self.shape(), self.name("y")
        self.write(f"{name} = {self.tensor(shape)}", indent)
        self.shapes[name] = shape

    def show(self, indent: int, _: int = 0) -> None:
        """`print(...)`."""
        name = self.known()
        pattern = self.choose(
            "print({0})", "print({0}.shape, {0}.requires_grad, {0}.is_leaf)", "print('{0}', {0}.grad_fn)",
            "print(f'{{{0}.sum():.3f}} {{{0}.dtype}}')", "print({0}.tolist())", "print({0}.grad)",
            "print({0}._version, {0}.numel())", "print({0}.detach().numpy())",
        )  # fmt: skip
        self.write(pattern.format(name), indent)

    def augment(self, indent: int, _: int = 0) -> None:
        """`y += ...`, in place."""
        name = self.known()
        pattern = self.choose(
            "{} += 1", "{} *= 0.5", "{}.add_(1)", "{} -= {}", "{}.data *= 2", "{}.zero_()", "{} **= 2"
        )
        self.write(pattern.format(name, name) if name.isidentifier() else "pass", indent)

    def python(self, indent: int, _: int = 0) -> None:
        """Numbers, texts and lists."""
        name = self.name("n")
        pattern = self.choose(
            "{} = {} * 3 - {}", "{} = [i * {} for i in range({})]", "{} = 'a' * {} + str({})",
            "{} = {{'k': {}, 'l': {}}}",
            "{} = ({}, {})", "{} = {} / ({} - 2)", "{} = max({}, {}) ** 2", "{} = {} if {} > 2 else None",
            "{} = lambda v, w={}: v * w + {}", "{} = sorted([{}, 2, {}], reverse=True)",
            "{} = {} // 2 % ({} + 1)",
        )  # fmt: skip
        self.write(pattern.format(name, self.number(0, 5), self.number(0, 5)), indent)
        self.write(f"print({name})" if "lambda" not in pattern else f"print({name}(2))", indent)

    def backward(self, indent: int, _: int = 0) -> None:
        """Gradients flow; what they come to is printed."""
        name = self.known()
        pattern = self.choose(
            "{}.sum().backward()", "{}.backward()", "{}.sum().backward(retain_graph=True)",
            "{0}.backward(gradient=torch.ones_like({0}))", "{0}.backward(torch.ones(2))",
            "({} ** 2).mean().backward()",
        )  # fmt: skip
        self.write(f"try:\n{'    ' * (indent + 1)}{pattern.format(name)}", indent)
        self.write(f"except {ERRORS} as e:\n{'    ' * (indent + 1)}print(type(e).__name__, e)", indent)
        for other in list(self.shapes)[:3]:
            self.write(f"print({other}.grad if {other}.is_leaf else {other}.is_leaf)", indent)

    def grad(self, indent: int, _: int = 0) -> None:
        """`torch.autograd.grad`, hooks, and what keeps or sets gradients."""
        name = self.known()
        pattern = self.choose(
            "print(torch.autograd.grad(({0} * {0}).sum(), {0}, create_graph=True))", "{}.retain_grad()",
            "{}.grad = None",
            "{}.register_hook(lambda g: print('hook', g))", "{}.register_hook(lambda g: g * 2)",
            "{}.requires_grad_(False)",
            "{0}.grad = torch.ones_like({0})", "print(torch.autograd.functional.jacobian(torch.sin, {}))",
        )  # fmt: skip
        self.write("try:", indent)
        self.write(pattern.format(name), indent + 1)
        self.write(f"except {ERRORS} as e:\n{'    ' * (indent + 1)}print(type(e).__name__, e)", indent)

    def branch(self, indent: int, depth: int) -> None:
        """`if ...: else:`."""
        self.write(f"if {self.choose(*TESTS).format(self.known())}:", indent)
        self.block(indent + 1, depth)
        if self.number(0, 1):
            self.write("else:", indent)
            self.block(indent + 1, depth)

    def loop(self, indent: int, depth: int) -> None:
        """`for` and `while`."""
        name = self.name("i")
        if self.number(0, 2):
            self.write(
                f"for {name} in {self.choose('range(3)', '[1.0, 2.0]', 'torch.ones(2)', 'zip([1], [2])')}:",
                indent,
            )
        else:
            self.write(f"{name} = 0", indent)
            self.write(f"while {name} < 3:", indent)
            self.write(f"{name} += 1", indent + 1)
        self.block(indent + 1, depth)
        if self.number(0, 1):
            self.write(
                f"if {name} {self.choose('== 1', '> 1', '!= 2')}: {self.choose('break', 'continue')}",
                indent + 1,
            )

    def attempt(self, indent: int, depth: int) -> None:
        """`try: ... except: ... finally:`."""
        self.write("try:", indent)
        self.block(indent + 1, depth)
        self.write(f"except {ERRORS} as e:\n{'    ' * (indent + 1)}print(type(e).__name__, e)", indent)
        if self.number(0, 1):
            self.write("finally:\n" + "    " * (indent + 1) + "print('finally')", indent)

    def untracked(self, indent: int, depth: int) -> None:
        """`with torch.no_grad():` and its like."""
        self.write(
            f"with torch.{self.choose('no_grad()', 'enable_grad()', 'set_grad_enabled(False)')}:", indent
        )
        self.block(indent + 1, depth)

    def function(self, indent: int, _: int = 0) -> None:
        """A function and a call of it."""
        name, shape = self.name("f"), self.shape()
        argument = self.tensor(shape, 1)
        before, self.shapes = self.shapes, {**self.shapes, "a": shape}
        self.write(f"def {name}(a, k=2):", indent)
        self.write(f"b = {self.tensor(shape, 1)}", indent + 1)
        self.write(
            f"return {self.choose('a * k + b', 'b.sum() * k', 'a', '(a, b)', 'b if k > 1 else a')}",
            indent + 1,
        )
        self.shapes = before
        self.write(f"print({name}({argument}{self.choose('', ', 3', ', k=1', ', j=1')}))", indent)

    def comprehension(self, indent: int, _: int = 0) -> None:
        """A list of tensors, stacked or summed."""
        name, shape = self.name("z"), (3,)
        self.write(f"{name}s = [{self.tensor(shape, 1)} * i for i in range(3)]", indent)
        self.write(
            f"{name} = {self.choose('sum({}s)', 'torch.stack({}s).sum(0)', '{}s[-1]').format(name)}", indent
        )
        self.shapes[name] = shape


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program of a few statements."""
    writer = Writer(draw)
    for _ in range(writer.number(1, 3)):
        writer.leaf(0)
    for _ in range(writer.number(2, 9)):
        writer.statement(0, 2)
    return "\n".join(writer.lines) + "\n"
