"""Functions the program defines."""

import ast
import types
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from app.calculator.interpreter.compiler import Compiler, Evaluate, Execute, Signal, Value
from app.calculator.interpreter.run import Run
from app.calculator.interpreter.scopes import Frame, Scope
from app.calculator.interpreter.signatures import Signature, parameter_defaults, parameter_names
from app.calculator.limits import MAX_CALLS
from app.calculator.names.values import Class, Opaque


class UserFunction(Opaque, stands_for=types.FunctionType):
    """A `def` or `lambda` of the program; also a plain callable, so that torch can call it back.

    contexts: what each call enters first, outermost first (`@torch.no_grad()`).
    """

    __slots__ = ("body", "contexts", "frame", "run", "signature")

    def __init__(
        self,
        run: Run,
        signature: Signature,
        body: Execute,
        frame: Frame,
        contexts: tuple[Callable[[], Any], ...] = (),
    ) -> None:
        self.run = run
        self.signature = signature
        self.body = body
        self.frame = frame
        self.contexts = contexts

    @property
    def name(self) -> str:
        """What Python shows as `__name__`."""
        return self.signature.name.rpartition(".")[2]

    __name__ = name
    """torch puts it into the errors of hooks."""

    def __call__(self, *args: Value, **kwargs: Value) -> Value:
        """How torch and Python's built-ins call it."""
        return self.invoke(args, kwargs)

    def invoke(self, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Run the body and give what it returns."""
        run, signature = self.run, self.signature
        caller = run.node
        if len(args) == len(signature.positional) and not (
            kwargs or signature.named or signature.rest or signature.keywords
        ):
            names = dict(zip(signature.positional, args, strict=True))
        else:
            names = signature.bind(args, kwargs)
        if run.depth >= MAX_CALLS:
            raise RecursionError("maximum recursion depth exceeded")
        run.depth += 1
        run.steps += 1
        try:
            frame = Frame(names, self.frame)
            signal = self._within_contexts(frame) if self.contexts else self.body(frame)
        finally:
            run.depth -= 1
        run.node = caller
        return signal.value if signal is not None else None

    def _within_contexts(self, frame: Frame) -> Signal | None:
        with ExitStack() as stack:
            for context in self.contexts:
                stack.enter_context(context())
            return self.body(frame)

    def within(self, context: Callable[[], Any]) -> "UserFunction":
        """The same function, each call of it inside a `with context():`."""
        return UserFunction(self.run, self.signature, self.body, self.frame, (context, *self.contexts))

    def __repr__(self) -> str:
        return f"<function {self.signature.name} at 0x...>"


class Static(Opaque, stands_for=staticmethod):
    """A function under `@staticmethod`, in the body of a class."""

    __slots__ = ("function",)

    def __init__(self, function: UserFunction) -> None:
        self.function = function


class Super(Opaque, stands_for=super):
    """`super()`: an instance seen as one of its base classes."""

    __slots__ = ("kind", "owner")

    def __init__(self, kind: Class, owner: Value) -> None:
        self.kind = kind
        self.owner = owner


def function(compiler: Compiler, node: ast.FunctionDef | ast.Lambda) -> Callable[[Frame], UserFunction]:
    """Compile a definition to what makes the function, each time the definition is executed."""
    arguments = node.args
    given_names = parameter_names(compiler, arguments)
    statements = node.body if isinstance(node, ast.FunctionDef) else [node.body]
    scope = Scope("function", compiler.scope, statements, given_names)
    title = node.name if isinstance(node, ast.FunctionDef) else "<lambda>"
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    inner = Compiler(
        compiler.run,
        scope,
        compiler.expressions,
        compiler.statements,
        qualifier=f"{compiler.qualifier}{title}.<locals>.",
        in_function=True,
        first_parameter=positional[0] if positional else None,
    )
    body = (
        inner.block(node.body)
        if isinstance(node, ast.FunctionDef)
        else returning(inner.expression(node.body))
    )
    defaults = parameter_defaults(compiler, arguments)
    run, qualified = compiler.run, compiler.qualifier + title

    def make(frame: Frame) -> UserFunction:
        signature = Signature(
            qualified,
            tuple(positional),
            len(arguments.posonlyargs),
            tuple(argument.arg for argument in arguments.kwonlyargs),
            arguments.vararg.arg if arguments.vararg else None,
            arguments.kwarg.arg if arguments.kwarg else None,
            {name: value(frame) for name, value in defaults.items()},
        )
        return UserFunction(run, signature, body, frame)

    return make


def returning(expression: Evaluate) -> Execute:
    """The body of a lambda."""
    return lambda frame: Signal(expression(frame))


def lambda_(compiler: Compiler, node: ast.Lambda) -> Evaluate:
    """`lambda x: ...`."""
    return function(compiler, node)
