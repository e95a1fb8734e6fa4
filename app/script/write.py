"""A run as a program of plain PyTorch that computes the same losses, to the last bit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.protocol.arithmetic import ARITHMETIC
from app.protocol.events import Event, EventLog
from app.protocol.runs import DIVERGENCE_FACTOR, LineName, RunConfig, RunState
from app.protocol.scripts import Script
from app.script.changes import begin_of, changes_of, made_loss, made_optimizer, made_scheduler
from app.script.data import data_lines
from app.script.loop import LoopWriter
from app.script.model import ACTIVATIONS, class_lines, net_lines

ONE_THREAD = 6400
"""Points times units up to which torch adds on one thread, however many it may use."""

BY_HAND = """\


class ByHand(torch.optim.SGD):
    @torch.no_grad()
    def step(self):
        for parameter in net.parameters():
            if parameter.grad is not None:
                parameter -= self.param_groups[0]["lr"] * parameter.grad""".splitlines()
"""An optimizer that takes the step as a script without one does."""
WHY = "torch adds up as in the run, wherever the numbers lie"
ARITHMETIC_LINES = (
    "import os",
    "",
    *(f'os.environ["{name}"] = "{value}"  # {WHY}' for name, value in ARITHMETIC.items()),
    "",
)
"""They come before `import torch`: see `app.protocol.arithmetic`."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A program in parts: imports and data, the class, the objects, the loop.

    places: the place of each of the loop's lines in the last part, from 0.
    """

    parts: tuple[str, ...]
    places: dict[LineName, int]

    @property
    def script(self) -> Script:
        """The whole program."""
        *first, loop = self.parts
        before = "\n\n\n".join(first) + "\n\n"
        n_before = before.count("\n") + 1
        return Script(
            script=f"{before}{loop}\n", lines={line: n_before + at for line, at in self.places.items()}
        )


def write(log: EventLog, state: RunState | None = None) -> Listing:
    """The program of a run. state: its state now, if it has begun.

    Raises: Invalid: the formula is not allowed in a script.
    """
    begin, events = begin_of(log)
    changes = list(changes_of(begin, events))
    last = changes[-1].new if changes else begin
    rounds, end = rounds_of(last, events, state)
    loop = LoopWriter(begin, changes, rounds, end)
    loop.write(stops_of(log, last, state))
    if results := list(result_lines(last)):
        mode = ["net.eval()  # dropout is for training"] if last.model.dropout else []
        loop.lines += ["", *mode, "with torch.no_grad():", *(f"    {line}" for line in results)]
    diverged = state is not None and state.reason == "diverged"
    seed = f"torch.manual_seed({begin.seed})"
    configs = [begin, *(change.new for change in changes)]
    by_hand = any(getattr(config.optimizer, "by_hand", False) for config in configs)
    made = [seed, *net_lines(begin), "", made_optimizer(begin), *made_scheduler(begin)]
    parts = (
        [
            *import_lines(configs, diverged),
            "",
            seed,
            *data_lines(begin),
        ],
        class_lines(begin) + (BY_HAND if by_hand else []),
        [*made, made_loss(begin), *([f"l1 = {begin.l1!r}"] if any(config.l1 for config in configs) else [])],
        loop.lines,
    )
    return Listing(tuple("\n".join(part) for part in parts), loop.places)


def result_lines(config: RunConfig) -> Iterator[str]:
    """The statements that print what the model has come to."""
    if config.data.test_fraction:
        yield 'print("test loss", loss_func(net(x_test), y_test).item())'
    if config.data.classes is None or config.y_form != config.wanted_form:
        return
    found = {
        "CrossEntropyLoss": "net({x}).argmax(dim=1)",
        "BCEWithLogitsLoss": "(net({x}) > 0)",
    }.get(config.loss, f"net({{x}}).round().clamp(0, {config.data.classes - 1})")
    yield f'print("accuracy", ({found.format(x="x")} == y).float().mean().item())'
    if config.data.test_fraction:
        yield f'print("test accuracy", ({found.format(x="x_test")} == y_test).float().mean().item())'


def rounds_of(last: RunConfig, events: Sequence[Event], state: RunState | None) -> tuple[int, int]:
    """The number of rounds in the loop's `range`, and the number that are taken."""
    reason = state.reason if state else None
    if state is not None and reason == "max_steps":
        return state.step, state.step
    rounds = max(last.max_steps, events[-1].step if events else 0)
    if state is not None and reason in ("stop_loss", "diverged"):
        return max(rounds, state.step), state.step
    return rounds, rounds


def stops_of(log: EventLog, last: RunConfig, state: RunState | None) -> list[str]:
    """The lines at the end of a round: the loss is appended, and may end the loop."""
    lines = ["losses.append(loss.item())", "print(t + 1, losses[-1])"]
    if last.stop_loss is not None:
        reached = f"losses[-1] <= {last.stop_loss!r}"
        configs = [log.begin, *(event.config for event in log.changes if event.config)]
        if any((config.stop_loss, config.data) != (last.stop_loss, last.data) for config in configs):
            stopped = state is not None and state.reason == "stop_loss"
            since = state.step if state and stopped else log.changes[-1].step + 1
            reached = f"t + 1 >= {since} and {reached}"
        lines += [f"if {reached}:", "    break"]
    if state is not None and state.reason == "diverged":
        bound = f"{DIVERGENCE_FACTOR:.0e}".replace("+0", "")
        lines += [
            f"if not math.isfinite(losses[-1]) or losses[-1] > {bound} * max(1, losses[0]):",
            "    break",
        ]
    return lines


def import_lines(configs: Sequence[RunConfig], diverged: bool) -> list[str]:
    """The imports. configs: all settings, from the first to the last."""
    config = configs[0]
    formula = "" if config.data.points is not None else config.data.target
    layers = ACTIVATIONS[config.model.activation] if config.model.hidden else ""
    needs_math = diverged or re.search(r"\bmath\.", formula)
    lines = [*(["import math"] if needs_math else []), *ARITHMETIC_LINES, "import torch"]
    if re.search(r"\bF\.", f"{formula} {layers}"):
        lines.append("import torch.nn.functional as F")
    n_points = max(len(config.data.points or ()) or config.data.n_samples for config in configs)
    if len(config.model.hidden) > 1 or n_points * max(config.model.hidden, default=1) > ONE_THREAD:
        lines += ["", "torch.set_num_threads(1)  # more would add up in another order"]
    return lines
