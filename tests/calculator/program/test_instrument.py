"""A watched program does what it does unwatched, in as many rounds as it likes."""
# ruff: noqa: E501  # a program a line

import ast
import traceback
from typing import Any

import pytest

from app.calculator.explain.recording import WATCHED, Recording
from app.calculator.program.hooks import Hooks
from app.calculator.program.instrument import MAX_NODES, instrumented
from app.calculator.program.read import read
from app.calculator.program.run import Program

PROGRAMS = {
    "evaluation order": """
log = []
def note(x):
    log.append(x)
    return x
class Box:
    n = 1
    def __getattr__(self, name): return note(name)
box, d = Box(), {0: 1}
box.n += note(2)
d[note(0)] += note(3)
d[note(1) - 1] **= note(2)
note([4, 5])[note(0)]
note(1) + note(2) * -note(3)
print(log, box.n, d)
""",
    "changed by its own value": """
class Count:
    n = 0
    def up(self):
        self.n += 1
        return 10
c = Count()
c.n += c.up()
print(c.n)
""",
    "slices": "x = list(range(9))\nprint(x[1:5:2], x[:], x[-2:], [*x[3:]][0])\nx[1:3] = [0]\ndel x[:2]\nprint(x)",
    "private names": """
class A:
    def __init__(self): self.__x = [1]
    def get(self):
        self.__x[0] += 1
        self.__x += [2]
        return self.__x
print(A().get(), A()._A__x)
""",
    "super and closures": """
class A:
    def f(self): return type(self).__name__
class B(A):
    def f(self):
        def g(): return super(B, self).f()
        return super().f() + g() + __class__.__name__
print(B().f())
""",
    "generators and globals": """
total = 0
def g(n):
    global total
    for i in range(n):
        total += i
        got = yield i
        if got: return got
it = g(5)
print(next(it), next(it), total)
def outer():
    x = 0
    def inner():
        nonlocal x
        x += 1
        return x
    return [inner() for _ in range(3)]
print(outer(), locals() is globals(), sorted(k for k in vars() if len(k) == 2))
""",
    "loops": """
for i in range(300):
    if i % 100 == 7: continue
    if i > 250: break
    for j in range(3):
        if j == 2: break
    else:
        print("never")
    try:
        i / (i % 50)
    except ZeroDivisionError as error:
        print(i, error)
    finally:
        pass
else:
    print("not reached")
n = 0
while n < 300: n += 1
else: print(n)
""",
    "match": """
def kind(x):
    match x:
        case [a, *rest] if rest: return a, rest
        case {"k": v}: return v
        case int(n): return n + 1
    return None
print([kind(x) for x in ([1, 2], {"k": 3}, 4, "s")] * 40)
""",
    "annotations and docstrings": '''
from __future__ import annotations
def f(x: undefined) -> also_undefined:
    "Said."
    y: nowhere = x
    return y
class C:
    "A class."
    z: List[int] = 1
print(f(1), f.__doc__, C.__doc__, C.__annotations__)
''',
    "a traceback": "import traceback\ntry:\n    int('x')\nexcept ValueError:\n    print(traceback.format_exc(limit=-1) > '')",
    "decorators and lambdas": "import functools\n@functools.cache\ndef f(x, y=lambda a, *b: (a, b)): return y(x)\n"
    "print(f(1), [(lambda i=i: -i)() for i in range(3)])",
}  # fmt: skip


def run(program: str, observer: Recording | None = None) -> tuple[str, str | None]:
    done = Program(read(program)).run(observer)
    if done.failure is not None:
        traceback.print_exception(done.failure)
    return done.output.text, repr(done.failure)


@pytest.mark.parametrize("name", PROGRAMS)
def test_being_watched_changes_nothing(name: str) -> None:
    plain = run(PROGRAMS[name])
    assert plain[1] == "None"
    assert plain[0]
    assert run(PROGRAMS[name], Recording()) == plain
    assert run(PROGRAMS[name], Recording(wakes_at=300)) == plain


@pytest.mark.parametrize(
    "program",
    [
        "f(*1)", "f(**1)", "f(a=1, **{'a': 2})", "[].append(*[1, 2])", "1 + 'a'", "-'a'", "x = 1\nx += 'a'", "f.g",
        "one = 1\none[0]", "None.x += 1", "two = 2\ntwo()", "def f(x): pass\nf()", "(1).real[0]", "x = []\nx[0] += 1", "'a' % 1",
        "class A:\n    def f(self): return self.nothing\nA().f()", "del q", "for x in 1: pass", "1 @ 2", "2 ** 'a'",
    ],
)  # fmt: skip
def test_errors_are_pythons_own(program: str) -> None:
    program = "def f(*a, **k): pass\n" + program
    watched = Program(read(program)).run(Recording())
    with pytest.raises(Exception) as plain:  # noqa: PT011, whichever it is
        exec(compile(program, "", "exec"), {"__name__": "__main__"})
    lines = [frame.lineno for frame in traceback.extract_tb(plain.tb) if frame.filename == ""]
    assert repr(watched.failure) == repr(plain.value)
    assert watched.place is not None
    assert watched.place.line == lines[-1]


class Count(Recording):
    """Counts the statements it is told of."""

    def __init__(self) -> None:
        super().__init__()
        self.told = 0

    def executed(self, statement: ast.stmt, names: Any) -> None:
        self.told += 1
        super().executed(statement, names)


def test_a_long_loop_is_bare_after_the_first_rounds_and_still_counted() -> None:
    rounds = 1000
    program = (
        f"def f(x):\n    return x + 1\nn = 0\nfor i in range({rounds}):\n    n = f(n)\n    n += 1\nprint(n)"
    )
    count = Count()
    done = Program(read(program)).run(count)
    assert done.output.text == f"{2 * rounds}\n"
    assert WATCHED <= count.told < WATCHED + 10
    assert count.n_lines == 2 + 3 * rounds + 2


def test_a_program_too_long_to_be_watched_runs_as_it_is() -> None:
    program = "x = 1\n" * (MAX_NODES // 2)
    assert instrumented(ast.parse(program), Hooks(Recording())) is None
    done = Program(read(program)).run(Recording())
    assert (done.failure, done.names["x"]) == (None, 1)
