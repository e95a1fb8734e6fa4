"""List, set and dict comprehensions, and generator expressions."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from app.calculator.gates import check_items
from app.calculator.interpreter.compiler import Compiler, Evaluate, Value
from app.calculator.interpreter.scopes import Frame, Scope
from app.calculator.interpreter.targets import store

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def rounds(
    compiler: Compiler, node: Comprehension, results: list[ast.expr]
) -> tuple[Evaluate, Callable[[Frame, Value], Iterator[tuple[Value, ...]]]]:
    """Compile the clauses.

    Gives the first iterable, which is evaluated outside, and what yields the values of `results` in each
    round, given a frame and that iterable.
    """
    run = compiler.run
    outer_names = [generator.target for generator in node.generators]
    scope = Scope("comprehension", compiler.scope, outer_names)
    inner = Compiler(run, scope, compiler.expressions, compiler.statements, compiler.qualifier)
    first = compiler.expression(node.generators[0].iter)
    clauses = [
        (
            inner.expression(generator.iter) if position else None,
            store(inner, generator.target),
            [inner.expression(test) for test in generator.ifs],
            generator,
        )
        for position, generator in enumerate(node.generators)
    ]
    values = [inner.expression(result) for result in results]

    def go(frame: Frame, level: int, iterable: Value) -> Iterator[tuple[Value, ...]]:
        source, assign, tests, generator = clauses[level]
        run.node = generator.iter
        for item in iterable if source is None else source(frame):
            run.steps += 1
            if run.steps > run.checkpoint:
                run.check()
            assign(frame, item)
            if not all(test(frame) for test in tests):
                continue
            if level + 1 < len(clauses):
                yield from go(frame, level + 1, None)
            else:
                yield tuple([value(frame) for value in values])

    return first, lambda frame, iterable: go(frame, 0, iterable)


def collected(build: Callable[[Any], Value]) -> Callable[[Compiler, Any], Evaluate]:
    """A comprehension that fills a container made by `build` from its rounds' values."""

    def compile_it(compiler: Compiler, node: ast.ListComp | ast.SetComp | ast.DictComp) -> Evaluate:
        run = compiler.run
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        first, go = rounds(compiler, node, results)

        def evaluate(frame: Frame) -> Value:
            iterable = first(frame)
            inner = Frame({}, frame)
            found: list[tuple[Value, ...]] = []
            for value in go(inner, iterable):
                found.append(value)
                if not len(found) & 0xFFF:
                    check_items(len(found))
            run.account_bytes(8 * len(found))
            return build(found)

        return evaluate

    return compile_it


def generator(compiler: Compiler, node: ast.GeneratorExp) -> Evaluate:
    """`(x for x in xs)`: evaluated as it is consumed."""
    first, go = rounds(compiler, node, [node.elt])

    def evaluate(frame: Frame) -> Value:
        iterable = first(frame)
        inner = Frame({}, frame)
        values: Any = (value for (value,) in go(inner, iterable))
        values.__qualname__ = "<genexpr>"  # what printing it shows
        return values

    return evaluate


list_comprehension = collected(lambda found: [value for (value,) in found])
set_comprehension = collected(lambda found: {value for (value,) in found})
dict_comprehension = collected(dict)
