"""A program while it runs: its loops' numbers are those that it has itself, its text comes in pieces."""

import builtins
from textwrap import dedent

import pytest

from app.calculator.derivation import derive
from app.calculator.live.derivation import derive_live
from app.calculator.live.loops import Loop
from app.calculator.live.wire import Wire
from app.protocol.programs import CHILD_EVENT, Rounds, Stood
from tests.calculator.live.followed import Followed

TRAINING = dedent("""\
    import torch
    torch.manual_seed(3)
    w = torch.randn(1, requires_grad=True)
    seen = []
    for epoch in range(4):
        total = 0
        for batch, x in enumerate(torch.linspace(-1, 1, 5)):
            loss = ((w * x - 3 * x) ** 2).sum()
            loss.backward()
            with torch.no_grad():
                w -= 0.2 * w.grad
                w.grad = None
            seen.append(loss.item())
            if batch == 3:
                continue
            total += loss.item()
        print(epoch, total)
    n = 0
    while n < 3:
        n += 1
        if n == 2:
            break
    print(seen)
""")


def test_the_numbers_of_every_round_are_the_programs_own() -> None:
    followed = Followed(TRAINING)
    assert followed.derivation.error is None
    seen = [float(word) for word in followed.printed.splitlines()[-1].strip("[]").split(",")]
    assert followed.column(1, "loss") == pytest.approx(seen, abs=0)
    assert len(seen) == 20
    assert followed.rounds(0)[0].names == ["total"]
    assert followed.column(2, "n") == [1, 2]
    last = followed.rounds(1)[-1]
    assert (last.count, last.done, last.total, last.depth, last.line) == (20, 5, 5, 1, 7)
    assert followed.rounds(2)[-1].total is None


def test_the_text_comes_in_pieces_and_rounds_say_how_much_there_was() -> None:
    followed = Followed(TRAINING)
    assert followed.printed == followed.derivation.printed
    lines = followed.printed.splitlines(keepends=True)
    rows = [row for message in followed.rounds(0) for row in message.rows]
    assert [row.printed for row in rows] == [sum(map(len, lines[: k + 1])) for k in range(4)]
    ticks = [row.tick for loop in range(3) for message in followed.rounds(loop) for row in message.rows]
    assert sorted(ticks) == list(range(1, 27))


def test_following_a_program_changes_nothing_of_what_it_does() -> None:
    plain, followed = derive(TRAINING), Followed(TRAINING).derivation
    unlike = dict.fromkeys(("deterministic", "nudge"))
    assert followed.model_copy(update=unlike) == plain.model_copy(update=unlike)


def test_an_error_is_where_it_was_and_the_rounds_before_it_are_told() -> None:
    program = "import torch\nfor k in range(5):\n    y = 1 / (3 - k)\nprint(y)\n"
    followed = Followed(program)
    error = followed.derivation.error
    assert error is not None
    assert error == derive(program).error
    assert (error.type, error.line) == ("ZeroDivisionError", 3)
    assert followed.column(0, "y")[:3] == [1 / 3, 1 / 2, 1.0]


def test_a_return_out_of_a_loop_in_a_function_is_a_round_as_well() -> None:
    program = (
        "def find():\n    for k in [5, 6, 7]:\n        double = 2 * k\n"
        "        if k == 6:\n            return double\nprint(find())\n"
    )
    followed = Followed(program)
    assert followed.printed == "12\n"
    assert followed.column(0, "double") == [10, 12]


def test_of_a_long_loop_the_rounds_are_thinned_evenly() -> None:
    followed = Followed("s = 0\nfor k in range(25_000):\n    s = k + 1\n")
    messages = followed.rounds(0)
    stride = messages[-1].stride
    assert messages[-1].count == 25_000
    assert stride == 4
    rounds = [m.first + k * m.stride for m in messages for k in range(len(m.rows))]
    kept = [n for n in rounds if (n - 1) % stride == 0]
    assert kept == list(range(1, 25_001, stride))
    assert followed.column(0, "s")[0] == 1
    told = dict(zip(rounds, followed.column(0, "s"), strict=True))
    assert all(told[n] == n for n in kept)


def test_of_a_very_long_loop_most_rounds_end_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Loop] = []
    ended = Wire.ended_round

    def end(wire: Wire, loop: Loop, names: dict[str, object]) -> None:
        told.append(loop)
        ended(wire, loop, names)

    monkeypatch.setattr(Wire, "ended_round", end)
    followed = Followed("n = 0\nfor k in range(200_000):\n    n += 1\n")
    last = followed.rounds(0)[-1]
    assert (last.count, last.done, last.stride) == (200_000, 200_000, 32)
    assert len(told) < 45_000
    assert followed.column(0, "n")[-1] == last.first + last.stride * (len(last.rows) - 1)


def test_a_loop_that_is_quiet_stands_at_the_next_round_when_it_is_told_to() -> None:
    stood: list[int] = []

    def send(body: bytes) -> None:
        event = CHILD_EVENT.validate_json(body, strict=True)
        if isinstance(event, Rounds) and event.stride > 1 and not stood:
            wire.command("r", -1)
            stood.append(event.count)
        elif isinstance(event, Stood):
            stood.append(max(loop.count for loop in wire._loops.values()))
            wire.command("g", 0)

    wire = Wire(send)
    derive_live("n = 0\nfor k in range(50_000):\n    n += 1\n", 0, wire)
    assert stood[1:] == [stood[0] + 1]


def test_the_same_seed_gives_the_same_random_numbers() -> None:
    program = (
        "import torch, random\nimport numpy as np\nprint(torch.rand(1), random.random(), np.random.rand())"
    )
    one, same, other = (Followed(program, seed).printed for seed in (7, 7, 8))
    assert one == same != other


@pytest.mark.parametrize(
    ("iterable", "total"),
    [
        ("range(7)", 7),
        ("enumerate(range(2, 9))", 7),
        ("zip([1, 2, 3], range(9))", 3),
        ("torch.ones(4)", 4),
        ("tqdm(range(6))", 6),
        ("enumerate(DataLoader([1., 2., 3.], batch_size=2))", 2),
        ("(k for k in range(3))", None),
        ("itertools.count()", None),
    ],
)
def test_how_many_rounds_there_will_be_is_told_where_it_is_known(iterable: str, total: int | None) -> None:
    program = (
        "import itertools, torch\nfrom tqdm import tqdm\nfrom torch.utils.data import DataLoader\n"
        f"for k in {iterable}:\n    a = 1\n    break\n"
    )
    assert Followed(program).rounds(0)[-1].total == total


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("2", 2.0),
        ("torch.tensor([1.5])", 1.5),
        ("np.float32(0.5)", 0.5),
        ("float('nan')", None),
        ("10 ** 400", None),
        ("torch.ones(2)", None),
        ("'text'", None),
        ("torch.tensor(1j)", None),
        ("True", None),
    ],
)
def test_what_is_a_number(value: str, number: float | None) -> None:
    followed = Followed(f"import torch\nimport numpy as np\nfor k in range(1):\n    a, b = {value}, 1\n")
    assert followed.column(0, "a") == [number]
    assert followed.column(0, "b") == [1]


def test_nothing_is_sent_of_what_a_fix_is_tried_with(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    wire = Wire(sent.append)
    monkeypatch.setattr(builtins, "ask", lambda: wire.command("f", 0), raising=False)
    program = "import torch\nx = torch.ones(1)\nx.backward()\nprint('further')\nask()"
    derivation = derive_live(program, 0, wire)
    assert derivation.error is not None
    assert derivation.error.fixes != []  # it was tried, and printed
    assert sent == []
