"""A little of what `python -m tests.engine.fuzz SEED COMMANDS` does at length."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from app.training import snapshots
from app.training.run import Run
from tests.engine.fuzz import fuzz

SEEDS = (4, 7, 11)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_commanded_and_wherever_it_breaks_no_other_run_notices(
    seed: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    random = Random(seed)

    def strike(owner: Any, name: str, is_bad: Callable[..., bool]) -> None:
        method = getattr(owner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if is_bad(*args) and random.random() < 0.1:
                raise KeyError("a mistake of ours")
            return method(*args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    methods = ("record", "play", "play_steps", "pause", "run_lines", "edit", "update", "begin", "diagnosis")
    for name in methods:
        strike(Run, name, lambda run, *_: run.id.startswith("bad"))
    strike(snapshots, "dead_in", lambda runs, *_: any(run.id.startswith("bad") for run in runs))
    *_, end = fuzz(seed, 300, death=0.02, mistakes=True)
    assert end.deaths > 2
    assert end.checked > 30
    assert end.n_saved > 5
    assert caplog.text.count("a mistake of ours") > 3
