"""Names: variables of the program, of the functions around, and what is built in."""

import ast
import builtins

from app.calculator.interpreter.compiler import Compiler, Evaluate, Value
from app.calculator.interpreter.run import Run
from app.calculator.interpreter.scopes import Frame
from app.calculator.names.namespaces import BUILTINS
from app.calculator.refusals import NotSupported
from app.errors import N_

MISSING = object()


def name(compiler: Compiler, node: ast.Name) -> Evaluate:
    """A variable, a global, or a built-in function."""
    run, identifier = compiler.run, node.id
    hops = compiler.scope.hops(identifier)
    if hops is None:
        return global_name(run, node)

    def local(frame: Frame) -> Value:
        try:
            return frame.names[identifier]
        except KeyError:
            run.node = node
            raise UnboundLocalError(
                f"cannot access local variable '{identifier}' where it is not associated with a value"
            ) from None

    def enclosing(frame: Frame) -> Value:
        holder = outer(frame, hops)
        if identifier not in holder.names:
            run.node = node
            raise NameError(
                f"cannot access free variable '{identifier}' where it is not associated with a value "
                "in enclosing scope"
            )
        return holder.names[identifier]

    return local if hops == 0 else enclosing


def outer(frame: Frame, hops: int) -> Frame:
    """The frame that many functions out."""
    for _ in range(hops):
        if frame.outer is None:
            break
        frame = frame.outer
    return frame


def global_name(run: Run, node: ast.Name) -> Evaluate:
    """A name of the program's own, or a built-in one."""
    identifier, names = node.id, run.names

    def evaluate(frame: Frame) -> Value:
        value = names.get(identifier, MISSING)
        if value is MISSING:
            value = BUILTINS.get(identifier, MISSING)
            if value is MISSING:
                run.node = node
                raise unknown(identifier)
        return value

    return evaluate


def unknown(identifier: str) -> Exception:
    """The error for a name nobody assigned: Python's own, unless Python would know it."""
    if hasattr(builtins, identifier) or identifier in ("super", "exit", "quit", "help"):
        return NotSupported(N_("`{name}` is not available here."), name=identifier)
    return NameError(f"name '{identifier}' is not defined")


def walrus(compiler: Compiler, node: ast.NamedExpr) -> Evaluate:
    """`(name := value)`."""
    identifier, value = node.target.id, compiler.expression(node.value)
    hops = compiler.scope.assigned(identifier)
    names = compiler.run.names

    def evaluate(frame: Frame) -> Value:
        result = value(frame)
        (names if hops is None else outer(frame, hops).names)[identifier] = result
        return result

    return evaluate
