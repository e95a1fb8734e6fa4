"""The training loop of a script, with the changes made to the run inside it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from app.protocol.runs import BatchOrder, LineName, RunConfig
from app.script.changes import LINES, Change, block

INDENT = "    "
ORDERS: Mapping[BatchOrder, str] = {
    "epochs": "torch.randperm(len(x)).split({size})",
    "DataLoader": "torch.utils.data.DataLoader(torch.arange(len(x)), {size}, shuffle=True)",
    "steps": "[torch.randperm(len(x))[:{size}]]",
    "in_order": "torch.arange(len(x)).split({size})",
}
"""The batches of an epoch."""
PENALTY = "loss = loss + l1 * sum(p.abs().sum() for p in net.parameters())"
ON = Callable[[RunConfig], bool]


class LoopWriter:
    """Writes the loop of one run.

    begin: the settings at the first step. changes: the later changes. rounds: the number of rounds, if
    nothing stops the loop. end: the round before which it stops; changes made there come after the loop.
    lines: the text. places: the place of each line of the loop in it, from 0.
    """

    def __init__(self, begin: RunConfig, changes: Sequence[Change], rounds: int, end: int) -> None:
        self.begin = begin
        self.before = [change for change in changes if (change.t, change.place) == (0, 0)]
        self.within = [change for change in changes if (0, 0) < (change.t, change.place) < (end, 0)]
        self.after = [change for change in changes if (change.t, change.place) >= (end, 0) != (0, 0)]
        self.rounds = rounds
        self.sizes = {begin.batch_size} | {change.new.batch_size for change in changes}
        self.lines: list[str] = []
        self.places: dict[LineName, int] = {}

    def write(self, stops: Sequence[str]) -> None:
        """Write the loop and all changes. stops: the lines that end a round, and maybe the loop."""
        self._write_batches_begin()
        self.lines += block(self.before)
        self.lines += ["losses = []", f"for t in range({self.rounds}):"]
        self._write_changes(0)
        self._write_batch()
        for i, line in enumerate(LINES):
            if line == "zero_grad" and self.lines[-1].strip():
                self.lines.append("")
            self._write_line(line)
            self._write_changes(i + 1)
        self.lines += ["", *(INDENT + line for line in stops)]
        self.lines += block(self.after)

    # The points of a step.

    def _write_batches_begin(self) -> None:
        if self.sizes == {None}:
            return
        if len(self.sizes) > 1:
            self.lines.append(f"batch_size = {self.begin.batch_size}")
        self.lines.append("batches = []")

    def _write_batch(self) -> None:
        """Write the lines that draw a mini-batch, in a new order for each epoch."""
        if self.sizes == {None}:
            return
        size = self.begin.batch_size if len(self.sizes) == 1 else "batch_size"
        order = ORDERS[self.begin.batch_order].format(size=size)
        draw = [
            "if not batches:",
            f"    batches = list({order})",
            "batch = batches.pop(0)",
        ]
        if None in self.sizes:
            draw = ["batch = slice(None)", "if batch_size is not None:", *(INDENT + line for line in draw)]
        self.lines += [INDENT + line for line in draw]

    # The five lines.

    def _write_line(self, line: LineName) -> None:
        picked = "" if self.sizes == {None} else "[batch]"
        text = {
            "forward": f"prediction = net(x{picked})",
            "loss": f"loss = loss_func(prediction, y{picked})",
            "zero_grad": "optimizer.zero_grad()",
            "backward": "loss.backward()",
            "step": "optimizer.step()",
        }[line]
        runs = self._when(line, lambda config: getattr(config.loop, line))
        if not runs:
            self.places[line] = len(self.lines)
            self.lines.append(f"{INDENT}# {text}")
            return
        self._write_conditionally(runs, text)
        self.places[line] = len(self.lines) - 1
        if line == "loss":
            self._write_penalty()
        if line == "step":
            self._write_scheduler_step()

    def _write_penalty(self) -> None:
        runs = self._when("loss", lambda config: config.loop.loss and config.l1 > 0)
        if runs:
            self._write_conditionally(runs, PENALTY)

    def _write_scheduler_step(self) -> None:
        runs = self._when("step", lambda config: config.loop.step and config.scheduler is not None)
        if runs:
            self._write_conditionally(runs, "scheduler.step()")

    def _write_conditionally(self, runs: Sequence[tuple[int, int | None]], text: str) -> None:
        if runs == [(0, None)]:
            self.lines.append(INDENT + text)
        else:
            self.lines += [f"{INDENT}if {' or '.join(map(condition, runs))}:", 2 * INDENT + text]

    def _when(self, line: LineName, on: ON) -> list[tuple[int, int | None]]:
        """The rounds in which `on` is true, as pairs of the first round and the first one after the last."""
        switched = {0: on(self.begin)}
        for change in (*self.before, *self.within):
            # Others say nothing of it: other points wait for the step's end, and later changes overtake them.
            if on(change.new) != on(change.old):
                switched[change.first_round_of(line)] = on(change.new)
        return list(spans(sorted(switched.items())))

    # Changes inside the loop.

    def _write_changes(self, place: int) -> None:
        here = (change for change in self.within if change.place == place)
        for t, changes in groupby(here, key=lambda change: change.t):
            if lines := block(changes):
                self.lines += [f"{INDENT}if t == {t}:", *(2 * INDENT + line for line in lines)]


def spans(switched: Iterable[tuple[int, bool]]) -> Iterator[tuple[int, int | None]]:
    """The spans of rounds in which something is on, from (round, whether it is on from there).

    >>> list(spans([(0, True), (3, False), (5, True), (6, True)]))
    [(0, 3), (5, None)]
    """
    begin: int | None = None
    for t, on in switched:
        if on and begin is None:
            begin = t
        elif not on and begin is not None:
            yield begin, t
            begin = None
    if begin is not None:
        yield begin, None


def condition(span: tuple[int, int | None]) -> str:
    """The condition under which a line runs in a span of rounds.

    >>> condition((0, 300)), condition((300, None)), condition((3, 5))
    ('t < 300', 't >= 300', '3 <= t < 5')
    """
    begin, end = span
    if end is None:
        return f"t >= {begin}"
    return f"{begin} <= t < {end}" if begin else f"t < {end}"
