"""Which construct is compiled by which function: the whole grammar in two tables."""

import ast
from collections.abc import Callable
from typing import Any

from app.calculator.interpreter import (
    calls,
    classes,
    comprehensions,
    control,
    displays,
    errors,
    expressions,
    functions,
    lookups,
    statements,
)
from app.calculator.interpreter.compiler import Compiler, Evaluate, Execute
from app.calculator.interpreter.run import Run
from app.calculator.interpreter.scopes import Frame, Scope

EXPRESSIONS: dict[type[ast.expr], Callable[[Compiler, Any], Evaluate]] = {
    ast.Constant: expressions.constant,
    ast.Name: lookups.name,
    ast.Attribute: expressions.attribute,
    ast.Subscript: expressions.subscript,
    ast.Slice: expressions.slice_,
    ast.BinOp: expressions.binary,
    ast.UnaryOp: expressions.unary,
    ast.BoolOp: expressions.boolean,
    ast.Compare: expressions.comparison,
    ast.IfExp: expressions.conditional,
    ast.NamedExpr: lookups.walrus,
    ast.List: displays.list_,
    ast.Tuple: displays.tuple_,
    ast.Set: displays.set_,
    ast.Dict: displays.dict_,
    ast.JoinedStr: displays.formatted,
    ast.FormattedValue: displays.formatted_value,
    ast.Starred: displays.starred,
    ast.Call: calls.call_expression,
    ast.Lambda: functions.lambda_,
    ast.ListComp: comprehensions.list_comprehension,
    ast.SetComp: comprehensions.set_comprehension,
    ast.DictComp: comprehensions.dict_comprehension,
    ast.GeneratorExp: comprehensions.generator,
}

STATEMENTS: dict[type[ast.stmt], Callable[[Compiler, Any], Execute]] = {
    ast.Expr: statements.expression_statement,
    ast.Assign: statements.assign,
    ast.AnnAssign: statements.annotated,
    ast.AugAssign: statements.augmented,
    ast.Delete: statements.delete,
    ast.Pass: statements.nothing,
    ast.Global: statements.global_,
    ast.Nonlocal: statements.nonlocal_,
    ast.Import: statements.import_,
    ast.ImportFrom: statements.import_names,
    ast.FunctionDef: statements.function_definition,
    ast.ClassDef: classes.class_definition,
    ast.If: control.if_,
    ast.While: control.while_,
    ast.For: control.for_,
    ast.Break: control.break_,
    ast.Continue: control.continue_,
    ast.Return: control.return_,
    ast.With: control.with_,
    ast.Assert: errors.assert_,
    ast.Raise: errors.raise_,
    ast.Try: errors.try_,
}


def compile_program(tree: ast.Module, run: Run) -> Callable[[], None]:
    """What runs a checked program. Raises SyntaxError for what only shows in context (`return` outside)."""
    compiler = Compiler(run, Scope("module", None, ()), EXPRESSIONS, STATEMENTS)
    body = compiler.block(tree.body)

    def execute() -> None:
        body(Frame(run.names, None))

    return execute
