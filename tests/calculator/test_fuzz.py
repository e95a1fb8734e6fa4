"""Whatever the text, there is a result: never an exception, a crash, an import, or more than is allowed."""

import io
import re
import tokenize
from collections.abc import Iterator

import pytest
from app.calculator.names.namespaces import BUILTINS, MODULES
from app.calculator.names.table import MEMBERS
from app.calculator.names.values import words
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.calculator.limits import MAX_MESSAGE, MAX_PRINTED
from tests.calculator.oracle import Peer, corpus

LONG = settings.get_current_profile_name() == "long"
SLOW = settings(
    max_examples=5000 if LONG else 100,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ANSI = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")

KEYWORDS = words("""
    if else for in while def return lambda class with as try except finally raise assert del import from not
    and or is None True False pass break continue global nonlocal yield await async match
""")
PUNCTUATION = words("( ) [ ] { } : ; , . = == + - * / ** // % @ << >> & | ^ ~ < > <= >= != := -> ... *= += #")
NUMBERS = ["0", "1", "-1", "2", "1.5", "1e308", "-1e-320", "10**9", "2**63", "1j", "0.0", "999999", "nan"]
NAMES = sorted({*BUILTINS, *(name for space in MODULES.values() for name in space.members)})
ATTRIBUTES = sorted({f".{name}" for members in MEMBERS.values() for name in members})
OTHERS = ["torch.", ".__class__", "._base", "x", "y", "'a'", "f'{x}'", "\n", "    "]
VOCABULARY = [*KEYWORDS, *PUNCTUATION, *NUMBERS, *NAMES, *ATTRIBUTES, *OTHERS]
ARGUMENTS = words("x m i e b 0 -1 2**62 1e30 nan None (2,-1) [] 'sum' s x.t()")
HEAD = """\
import torch
from torch import nan
x = torch.ones(3, requires_grad=True)
m = torch.eye(3)
i = torch.tensor([2, 0, 5])
e = torch.empty(0)
b = torch.tensor([True, False])
s = torch.tensor(-3)
"""
PROGRAMS = list(corpus().values())


@pytest.fixture(scope="module")
def product() -> Iterator[Peer]:
    with Peer("product") as peer:
        yield peer


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


def assert_a_result(program: str, product: Peer) -> None:
    result = product.run(program)
    assert len(result["printed"]) <= 6 * MAX_PRINTED  # an escape has at most six characters
    assert not ANSI.search(result["printed"])
    if result["error"] is not None:
        assert result["error"]["type"]
        assert len(result["error"]["message"]) <= 6 * MAX_MESSAGE + 10
        assert not ANSI.search(result["error"]["message"])
    assert result["imported"] == []


@SLOW
@given(program=mutated())
def test_a_program_with_changed_tokens(program: str, product: Peer) -> None:
    assert_a_result(program, product)


@SLOW
@given(parts=st.lists(st.sampled_from(VOCABULARY), max_size=60))
def test_words_in_any_order(parts: list[str], product: Peer) -> None:
    assert_a_result("import torch\nx = torch.ones(2, requires_grad=True)\n" + " ".join(parts), product)


@SLOW
@given(program=st.text(max_size=300))
def test_any_text(program: str, product: Peer) -> None:
    assert_a_result(program, product)


@SLOW
@given(
    name=st.sampled_from(sorted(MODULES["torch"].members)),
    arguments=st.lists(st.sampled_from(ARGUMENTS), max_size=4),
)
def test_any_function_of_torch_with_odd_arguments(name: str, arguments: list[str], product: Peer) -> None:
    assert_a_result(f"{HEAD}y = torch.{name}({', '.join(arguments)})\nprint(y)\n", product)
