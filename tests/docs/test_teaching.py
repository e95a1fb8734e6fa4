"""docs/teaching.md: what it says of each address is what the run of that address does."""

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import torch

from app.exercises.drills import drill
from app.protocol.runs import RunConfig
from app.training.run import Run
from tests.script.histories import train
from tools.step import ROOT

TEXT = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(/.*?)` \| .* \| (.*?) \|$", TEXT, re.MULTILINE)
ENGLISH, CHINESE = (ROWS[: len(ROWS) // 2], ROWS[len(ROWS) // 2 :])


def settings(address: str) -> dict[str, Any]:
    """What an address asks for beside the defaults."""
    found: dict[str, Any] = {}
    for path, text in parse_qsl(urlsplit(address).query):
        value = text if re.fullmatch(r"(?!true|false|null)[A-Za-z]\w*", text) else json.loads(text)
        *parts, name = path.split(".")
        place = found
        for part in parts:
            place = place.setdefault(part, {})
        place[name] = [value] if name == "hidden" else value
    return found


DRILLS = re.findall(
    r"`/calculator#drill=(\w+)&level=(\d)&seed=(\d+)`[:：]\s?`(\w)\.grad` (?:is|是) (-?\d+)", TEXT
)


def test_a_drill_has_the_answer_that_the_teacher_is_told() -> None:
    assert len(DRILLS) == 10
    assert DRILLS[:5] == DRILLS[5:]
    for kind, level, seed, leaf, answer in DRILLS:
        names: dict[str, Any] = {}
        exec(drill(kind, int(level), int(seed)).program, names)
        assert names[leaf].grad.item() == int(answer)


def test_the_listing_has_the_numbers_that_the_teacher_is_told() -> None:
    listing, other = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert listing == other
    with redirect_stdout(StringIO()) as printed:
        exec(listing, {})
    steps = [tuple(map(float, line.split())) for line in printed.getvalue().splitlines()]
    assert next(int(step) + 1 for step, w, _ in steps if w > 1.9) == 5
    for step, gradient in enumerate(("-18.667", "-9.9556")):
        assert f"{steps[step][2]:.5g}" == gradient
        assert TEXT.count(gradient) == 2


@pytest.mark.parametrize(("address", "end"), ENGLISH)
def test_an_address_does_what_the_teacher_is_told(address: str, end: str) -> None:
    run = Run("a run", RunConfig.model_validate(settings(address)), torch.device("cpu"))
    train(run, 1000)
    if end.startswith("about "):  # it swings: processors round differently, and the difference grows
        assert run.losses[-1] == pytest.approx(float(end.removeprefix("about ")), rel=0.1)
    else:
        assert end in (f"{run.losses[-1]:.4f}", f"ends at step {run.step}")


def test_both_languages_tell_the_same_of_each_address() -> None:
    assert [address for address, _ in ENGLISH] == [address for address, _ in CHINESE]
    numbers = [[re.findall(r"[\d.]+", end) for _, end in rows] for rows in (ENGLISH, CHINESE)]
    assert numbers[0] == numbers[1]


def test_shapes_that_do_not_fit_end_as_the_teacher_is_told() -> None:
    run = Run("a run", RunConfig.model_validate(settings("/?data.unsqueeze_x=false")), torch.device("cpu"))
    train(run, 1000)
    assert run.status == "failed"
    assert "shapes" in str(run.error)
