"""The programs that are run before the first user's."""

import pytest

from app.calculator import warmup
from app.protocol.gradients import Derivation, ProgramError


def test_a_busy_machine_on_which_the_first_try_takes_too_long_is_warmed_up_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def derive(program: str) -> Derivation:
        tried.append(program)
        first = tried.count(program) == 1
        late = ProgramError(type="LimitReached", message="The program took too long.", line=1, column=1)
        return Derivation(printed="", variables=[], truncated=False, error=late if first else None)

    monkeypatch.setattr(warmup, "derive", derive)
    warmup.warm_up()
    others = [program for program in tried if program != warmup.CHAIN]
    assert len(others) == 2 * len(set(others)) > 2
    assert tried.count(warmup.CHAIN) == 2 + warmup.REPEATS


def test_a_program_that_never_works_is_told() -> None:
    with pytest.raises(RuntimeError, match="line 1: name 'nobody' is not defined"):
        warmup.run_to_end("nobody")
