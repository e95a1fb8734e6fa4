"""Which results are kept, and for how long."""

import pytest

from app.protocol.gradients import Derivation, ProgramError
from app.sandbox.client.cache import Cache
from app.sandbox.client.sandbox import Sandbox
from tests.sandbox.conftest import fate

DRAW = """
import random
answer = '{"printed": "%s", "variables": [], "truncated": false, "error": null, "deterministic": '
raw((answer % random.random() + "@}").encode())
"""


def result(printed: str, *, deterministic: bool = True) -> Derivation:
    return Derivation(printed=printed, variables=[], truncated=False, error=None, deterministic=deterministic)


def test_a_result_is_found_by_the_whole_text() -> None:
    cache = Cache()
    cache.keep("print(1)", result("1"), b"." * 10)
    assert cache.get("print(1)") == result("1")
    assert cache.get("print(1) ") is None


def test_a_program_that_draws_random_numbers_is_run_again() -> None:
    cache = Cache()
    cache.keep("print(torch.rand(1))", result("0.5", deterministic=False), b"." * 10)
    assert cache.get("print(torch.rand(1))") is None


def test_a_program_that_met_a_limit_is_run_again() -> None:
    cache = Cache()
    stopped = ProgramError(type="LimitReached", message="more than 1.5 seconds", line=1, column=1)
    cache.keep("slow", result("").model_copy(update={"error": stopped}), b"." * 10)
    assert cache.get("slow") is None


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    cache = Cache(most=20)
    cache.keep("a", result("a"), b"." * 9)
    cache.keep("b", result("b"), b"." * 9)
    assert cache.get("a") is not None
    cache.keep("c", result("c"), b"." * 9)
    assert [name for name in "abc" if cache.get(name)] == ["a", "c"]


def test_a_result_larger_than_the_cache_displaces_nothing() -> None:
    cache = Cache(most=30)
    cache.keep("a", result("a"), b"." * 9)
    cache.keep("b", result("b"), b"." * 100)
    assert [name for name in "ab" if cache.get(name)] == ["a"]


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize(("deterministic", "runs"), [("true", 1), ("false", 3)])
async def test_the_same_program_runs_again_only_if_it_has_to(
    bypassed: Sandbox, deterministic: str, runs: int
) -> None:
    said = {await fate(bypassed, DRAW.replace("@", deterministic)) for _ in range(3)}
    assert len(said) == runs
