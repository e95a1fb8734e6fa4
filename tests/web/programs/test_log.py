"""What is kept of a live program: bounded, in order, and nothing that no working child sends."""

from itertools import pairwise

import pytest

from app.protocol.programs import MAX_ROWS, MAX_TEXT, FigureShown, Printed, Round, Rounds
from app.sandbox.client.replies import Hostile
from app.web.programs.log import MAX_FIGURES, Log


def rounds(first: int, count: int, stride: int = 1, width: int = 1) -> Rounds:
    rows = [
        Round(tick=first + k * stride, printed=0, values=[float(first + k * stride)] * width)
        for k in range(count)
    ]
    return Rounds(
        loop=0, line=1, depth=0, names=["a"], first=first, stride=stride, rows=rows,
        count=first + count, done=1, total=None,
    )  # fmt: skip


def add(log: Log, *events: Printed | Rounds | FigureShown) -> Log:
    for event in events:
        log.add(event, event.model_dump_json())
    return log


def kept(log: Log) -> list[float | None]:
    return [row.values[0] for message in log.rounds() for row in message.rows]


def test_a_page_that_comes_later_is_told_all_rounds() -> None:
    log = add(Log(""), *(rounds(1 + 150 * k, 150) for k in range(10)))
    assert kept(log) == [float(n) for n in range(1, 1501)]
    firsts = [message.first for message in log.rounds()]
    assert firsts == list(range(1, 1501, MAX_ROWS))


def test_rounds_are_thinned_as_the_child_thins_them() -> None:
    log = add(Log(""), rounds(1, 10), rounds(11, 3, stride=2))
    assert kept(log) == [1, 3, 5, 7, 9, 11, 13, 15]
    (message,) = log.rounds()
    assert message.stride == 2


@pytest.mark.parametrize(
    "wrong",
    [
        rounds(3, 1),
        rounds(2, 1, width=2),
        rounds(2, 1).model_copy(update={"names": ["b"]}),
        rounds(2, 1).model_copy(update={"line": 9}),
        Printed.model_construct(text="x" * (MAX_TEXT + 1)),
    ],
)
def test_what_no_working_child_sends_is_hostile(wrong: Rounds | Printed) -> None:
    log = add(Log(""), rounds(1, 1))
    with pytest.raises(Hostile):
        add(log, wrong)


def test_of_many_pictures_some_are_kept_all_along_and_the_last() -> None:
    log = Log("")
    for tick in range(5 * MAX_FIGURES):
        figure = FigureShown(number=1 + (tick == 3), tick=tick, title="", width=1, height=1, plotly=None)
        add(log, figure)
    ticks = [FigureShown.model_validate_json(text).tick for text in log.figures.texts()]
    assert ticks == sorted(ticks)
    assert len(ticks) <= MAX_FIGURES
    assert ticks[-1] == 5 * MAX_FIGURES - 1
    assert 3 in ticks
    gaps = [b - a for a, b in pairwise(ticks)]
    assert max(gaps) <= 16
