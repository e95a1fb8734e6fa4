"""Whatever the text: it is read or refused with a place, and what is read can be watched."""
# ruff: noqa: E501  # words in a row

import ast
import io
import tokenize

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.calculator.explain.recording import Recording
from app.calculator.program.hooks import Hooks
from app.calculator.program.instrument import instrumented
from app.calculator.program.read import RefusedAt, TextError, read
from tests.calculator.oracle import corpus

LONG = settings.get_current_profile_name() == "long"
SLOW = settings(
    max_examples=5000 if LONG else 100,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
VOCABULARY = """
    if else for in while def return lambda class with as try except finally raise assert del import from not and
    or is None True False pass break continue global nonlocal yield await async match case ( ) [ ] { } : ; , . =
    == + - * / ** // % @ << >> & | ^ ~ < > <= >= != := -> ... += *= # 0 1 1.5 1j 'a' f'{x}' b'a' x y torch super
    print locals self __x _ %time !ls >>>
""".replace("\n", " \n ").split(" ")
PROGRAMS = list(corpus().values())


def tokens(program: str) -> list[str]:
    """The program cut into its tokens, and the spaces between them."""
    try:
        found = list(tokenize.generate_tokens(io.StringIO(program).readline))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return list(program)
    parts: list[str] = []
    line, column = 1, 0
    for token in found:
        if token.start[0] == line:
            parts.append(" " * (token.start[1] - column))
        parts.append(token.string)
        line, column = token.end
    return parts


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A program of the corpus with a few tokens changed, left out, doubled or moved."""
    parts = tokens(draw(st.sampled_from(PROGRAMS)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(parts) - 1)))
        match draw(st.sampled_from(("replace", "delete", "double", "insert", "swap"))):
            case "replace":
                parts[place : place + 1] = [draw(st.sampled_from(VOCABULARY))]
            case "delete":
                del parts[place : place + 1]
            case "double":
                parts[place:place] = parts[place : place + 4]
            case "insert":
                parts[place:place] = [" ", draw(st.sampled_from(VOCABULARY)), " "]
            case "swap":
                other = draw(st.integers(0, max(0, len(parts) - 1)))
                parts[place : place + 1], parts[other : other + 1] = (
                    parts[other : other + 1], parts[place : place + 1],
                )  # fmt: skip
    return "".join(parts)


def assert_readable_or_refused(program: str) -> None:
    try:
        script = read(program)
    except (TextError, RefusedAt):
        return
    before = ast.dump(script.tree)
    assert instrumented(script.tree, Hooks(Recording())) is not None
    assert ast.dump(script.tree) == before


@SLOW
@given(program=mutated())
def test_a_program_with_changed_tokens(program: str) -> None:
    assert_readable_or_refused(program)


@SLOW
@given(parts=st.lists(st.sampled_from(VOCABULARY), max_size=60))
def test_words_in_any_order(parts: list[str]) -> None:
    assert_readable_or_refused("import torch\n" + " ".join(parts))


@SLOW
@given(program=st.text(max_size=300))
def test_any_text(program: str) -> None:
    assert_readable_or_refused(program)
