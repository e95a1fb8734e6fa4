"""The loop's lines one at a time, and parameters changed by hand, beside the same in plain torch."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from app.errors import Conflict, Invalid
from app.protocol.lines import MAX_LINES, LineRan, ParameterEdit
from app.protocol.optimizers import Adam, StepLR
from app.protocol.runs import LineName, LoopConfig, ModelConfig, RunConfig
from app.protocol.snapshots import Nested
from app.training.alone import Alone
from app.training.catch_up import CatchUp
from app.training.cohort import form
from app.training.run import Run
from tests.training.device import DEVICE

CONFIGS = {
    "the lesson's": RunConfig(),
    "Adam, batches, a schedule": RunConfig(
        optimizer=Adam(name="Adam"),
        batch_size=30,
        scheduler=StepLR(name="StepLR", step_size=2),
        model=ModelConfig(hidden=(5, 4), activation="Tanh"),
    ),
    "no zero_grad": RunConfig(loop=LoopConfig(zero_grad=False)),
    "no backward": RunConfig(loop=LoopConfig(backward=False)),
}


def make(config: RunConfig | None = None) -> Run:
    return Run("a run", config or RunConfig(), DEVICE)


def stepped(run: Run, steps: int) -> Run:
    """The run after so many whole steps, standing."""
    run.play_steps(steps)
    alone = Alone(run)
    while run.status == "playing":
        alone.step()
    return run


class Plain:
    """The lesson's program at its start."""

    def __init__(self) -> None:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
            self.y = self.x.pow(2) + 0.2 * torch.rand(self.x.size())
            torch.manual_seed(0)
            self.hidden, self.predict = nn.Linear(1, 10), nn.Linear(10, 1)
        self.x, self.y = self.x.to(DEVICE), self.y.to(DEVICE)
        self.hidden.to(DEVICE)
        self.predict.to(DEVICE)
        self.parameters = {
            f"{name}.{kind}": getattr(layer, kind)
            for name, layer in (("hidden", self.hidden), ("predict", self.predict))
            for kind in ("weight", "bias")
        }
        self.optimizer = torch.optim.SGD(self.parameters.values(), lr=0.2)

    def values(self) -> dict[str, Nested]:
        return {name: p.tolist() for name, p in self.parameters.items()}

    def grads(self) -> dict[str, Nested | None]:
        return {name: None if p.grad is None else p.grad.tolist() for name, p in self.parameters.items()}


def before(ran: LineRan) -> dict[str, Nested | None]:
    return {change.name: change.before for change in ran.changes}


def after(ran: LineRan) -> dict[str, Nested | None]:
    return {change.name: change.after for change in ran.changes}


def test_each_line_tells_the_tensors_it_made_or_changed() -> None:
    run, plain = make(), Plain()
    for step in (1, 2):
        forward, loss, zero_grad, backward, stepping = run.run_lines(5)
        assert [ran.step for ran in (forward, stepping)] == [step, step]
        prediction = plain.predict(torch.relu(plain.hidden(plain.x)))
        assert after(forward) == {"prediction": prediction.tolist()}
        value = nn.MSELoss()(prediction, plain.y)
        assert after(loss) == {"loss": value.item()}
        assert before(zero_grad) == plain.grads()
        plain.optimizer.zero_grad()
        assert before(backward) == after(zero_grad) == plain.grads()
        value.backward()
        assert after(backward) == plain.grads()
        assert before(stepping) == plain.values()
        plain.optimizer.step()
        assert after(stepping) == plain.values()


def test_what_was_there_before_the_first_step_is_nothing() -> None:
    run = make()
    lines = run.run_lines(5)
    assert [set(before(ran).values()) for ran in lines[:4]] == [{None}] * 4
    assert [(change.what, change.shape) for change in lines[3].changes[:2]] == [
        ("grad", (10, 1)),
        ("grad", (10,)),
    ]


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_lines_give_the_same_numbers_as_whole_steps(config: RunConfig) -> None:
    by_line, by_step = make(config), stepped(make(config), 12)
    while by_line.step < 12:
        by_line.run_lines(1)
    assert by_line.losses == by_step.losses
    assert torch.equal(by_line.weights, by_step.weights)
    assert [stepped(run, 5).losses for run in (by_line, by_step)] == [by_step.losses] * 2


def test_a_batch_tells_its_points_and_a_step_its_learning_rate() -> None:
    run = make(CONFIGS["Adam, batches, a schedule"])
    lines = [run.run_lines(5) for _ in range(5)]
    batches = [step[0].samples or [] for step in lines]
    assert sorted(i for batch in batches[:4] for i in batch) == list(range(100))  # an epoch
    fresh = make(CONFIGS["Adam, batches, a schedule"])
    x = fresh.data.x[batches[0]]
    assert after(lines[0][0])["prediction"] == fresh.loop.net(x).tolist()
    assert [step[4].lr for step in lines] == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4, 1e-5])
    assert {line.lr for step in lines for line in step[:4]} == {None}
    assert make().run_lines(1)[0].samples is None


def test_the_state_says_which_line_is_next() -> None:
    run = make(RunConfig(loop=LoopConfig(zero_grad=False)))
    seen: list[LineName | None] = []
    for _ in range(5):
        run.run_lines(1)
        seen.append(run.state.line)
    assert seen == ["loss", "backward", "step", None, "loss"]
    assert (run.status, run.step) == ("paused", 1)


@pytest.mark.parametrize("lines", range(1, 5))
@pytest.mark.parametrize("go_on", [lambda run: run.play(None), lambda run: run.play_steps(10)])
def test_playing_on_finishes_the_step_in_hand_first(lines: int, go_on: Callable[[Run], None]) -> None:
    run = make()
    run.run_lines(lines)
    go_on(run)
    assert (run.status, run.step, run.state.line) == ("playing", 1, None)
    alone = Alone(run)
    while run.step < 10:
        alone.step()
    assert run.losses == stepped(make(), 10).losses


def test_the_step_in_hand_is_the_first_of_those_asked_for() -> None:
    run = make()
    run.run_lines(2)
    run.play_steps(1)
    assert (run.status, run.step) == ("paused", 1)


def test_a_pause_leaves_the_run_in_the_middle_and_a_reset_forgets_it() -> None:
    run = make()
    run.run_lines(2)
    run.pause()
    assert (run.status, run.state.line) == ("ready", "zero_grad")
    run.reset()
    assert run.state.line is None
    assert stepped(run, 5).losses == stepped(make(), 5).losses


def test_a_line_switched_off_in_the_middle_of_a_step_does_not_run() -> None:
    run = make()
    run.run_lines(4)
    weights = run.weights
    run.update(RunConfig(loop=LoopConfig(step=False)))
    run.run_lines(1)
    assert (run.step, run.state.line) == (1, "loss")
    assert torch.equal(run.weights, weights)


def test_lines_do_not_run_while_the_run_plays_or_after_its_end_or_when_all_are_off() -> None:
    run = make(RunConfig(max_steps=1))
    run.play(None)
    with pytest.raises(Conflict, match="Pause it"):
        run.run_lines(1)
    run.pause()
    assert [ran.line for ran in run.run_lines(MAX_LINES)] == [
        "forward",
        "loss",
        "zero_grad",
        "backward",
        "step",
    ]
    with pytest.raises(Conflict, match="finished"):
        run.run_lines(1)
    off = LoopConfig(forward=False, loss=False, zero_grad=False, backward=False, step=False)
    with pytest.raises(Conflict, match="switched off"):
        make(RunConfig(loop=off)).run_lines(1)


def test_a_line_that_torch_refuses_ends_the_run_in_torchs_words() -> None:
    run = make(RunConfig(loop=LoopConfig(forward=False)))
    assert run.run_lines(3) == []
    assert (run.status, run.error, run.step) == ("failed", "name 'prediction' is not defined", 0)


def test_without_a_forward_line_the_old_prediction_is_compared_again() -> None:
    run = stepped(make(), 3)
    run.update(RunConfig(loop=LoopConfig(forward=False, backward=False)))
    stepped(run, 2)
    assert list(run.losses[3:]) == [run.losses[2]] * 2


def test_a_second_backward_through_a_freed_graph_is_torchs_own_error_also_after_a_cohort() -> None:
    runs = [make(RunConfig(seed=seed)) for seed in range(3)]
    for run in runs:
        run.play(None)
    cohort = form(runs)
    for _ in range(4):
        cohort.step()
    cohort.disband()
    for run, line in zip(runs, ("forward", "loss", "forward"), strict=True):
        run.update(RunConfig(seed=run.config.seed, loop=LoopConfig.model_validate({line: False})))
        loss = run.losses[-1]
        if run is runs[0]:
            alone = Alone(run)
            with pytest.raises(RuntimeError, match="backward through the graph a second time"):
                alone.step()
        else:
            run.pause()
            ran = run.run_lines(2)
            assert ran[0].line == ("forward" if line == "loss" else "loss")
            if line == "forward":
                assert after(ran[0])["loss"] == pytest.approx(loss, rel=1e-6)


def test_large_tensors_are_told_by_their_shape_alone() -> None:
    run = make(RunConfig(model=ModelConfig(hidden=(64, 64))))
    step = run.run_lines(5)[-1]
    by_name = {change.name: change for change in step.changes}
    assert by_name["hidden2.weight"].shape == (64, 64)
    assert by_name["hidden2.weight"].after is None
    assert by_name["hidden1.weight"].after is not None


@pytest.mark.parametrize("lines", range(5))
def test_a_parameter_changed_by_hand_is_changed_as_in_plain_torch(lines: int) -> None:
    """After so many lines of the first step."""
    run, plain = make(), Plain()
    run.run_lines(lines)
    run.edit(ParameterEdit(name="hidden.bias", index=(3,), value=0.25))
    stepped(run, 3)
    losses: list[torch.Tensor] = []

    def forward() -> None:
        losses.append(nn.MSELoss()(plain.predict(torch.relu(plain.hidden(plain.x))), plain.y))

    def backward() -> None:
        losses[-1].backward()  # type: ignore[no-untyped-call]

    # The lesson's loss line cannot tell before from after: it uses no parameter.
    program = [forward, lambda: None, plain.optimizer.zero_grad, backward, plain.optimizer.step]
    for i, line in enumerate(3 * program):
        if i == lines:
            with torch.no_grad():
                plain.hidden.bias[3] = 0.25
        line()
    assert list(run.losses) == [loss.item() for loss in losses]


def test_an_edit_that_the_graph_in_hand_needs_is_torchs_own_error() -> None:
    run = make()
    run.run_lines(2)
    run.edit(ParameterEdit(name="predict.weight", index=(0, 0), value=0.5))
    run.play(None)
    assert run.status == "failed"
    assert "modified by an inplace operation" in (run.error or "")


@pytest.mark.parametrize(
    ("name", "index", "field", "message"),
    [
        ("hidden.wait", (0,), "name", "hidden.weight, hidden.bias, predict.weight, predict.bias"),
        ("hidden.bias", (10,), "index", r"\[10\] is not an index into hidden.bias, whose shape is \[10\]"),
        ("hidden.bias", (0, 0), "index", "not an index"),
        ("hidden.weight", (0, 1), "index", "not an index"),
        ("hidden.weight", (), "index", "not an index"),
    ],
)
def test_an_element_that_does_not_exist_is_refused(
    name: str, index: tuple[int, ...], field: str, message: str
) -> None:
    run = make()
    with pytest.raises(Invalid, match=message) as refusal:
        run.edit(ParameterEdit(name=name, index=index, value=1.0))
    assert refusal.value.field == field
    assert run.log.events == []


def test_a_replay_ends_in_the_same_place_with_the_same_numbers() -> None:
    run = make(RunConfig(max_steps=20))
    run.run_lines(3)
    run.edit(ParameterEdit(name="hidden.weight", index=(0, 0), value=2.0))
    stepped(run, 5)
    run.update(RunConfig(max_steps=20, optimizer=Adam(name="Adam"), batch_size=25))
    stepped(run, 15)
    run.update(RunConfig(max_steps=100, optimizer=Adam(name="Adam", lr=0.1), batch_size=20))
    stepped(run, 7)
    run.run_lines(4)
    other = make(run.log.begin)
    replay = CatchUp(other, run.log.events, run.step, run.state.line)
    while replay.go_on():
        alone = Alone(other)
        while other.status == "playing":
            alone.step()
    assert other.losses == run.losses
    assert torch.equal(other.weights, run.weights)
    assert other.state == run.state
    assert other.log.events == run.log.events
    assert stepped(other, 5).losses == stepped(run, 5).losses
