"""The changes made to a run, as statements at their places in the training loop."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from app.protocol.events import Event, EventLog
from app.protocol.lines import ParameterEdit
from app.protocol.optimizers import OptimizerConfig, kept_things
from app.protocol.runs import LineName, RunConfig
from app.script.data import data_lines
from app.script.values import call

LINES: tuple[LineName, ...] = get_args(LineName)
GROUP = "optimizer.param_groups[0]"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of settings or of a parameter in round `t` of the loop, before line number `place`, 0 to 5.

    old, new: the settings before and after. had_scheduler: whether the optimizer ever had one before.
    """

    t: int
    place: int
    old: RunConfig
    new: RunConfig
    had_scheduler: bool
    edit: ParameterEdit | None = None

    def first_round_of(self, line: LineName) -> int:
        """The first round in which a line of the loop runs after the change."""
        return self.t if LINES.index(line) >= self.place else self.t + 1


def begin_of(log: EventLog) -> tuple[RunConfig, list[Event]]:
    """The settings at the first step, which include changes made before it, and the later events."""
    begin, events = log.begin, log.changes
    kept: list[Event] = []
    while events and events[0].step == 0 and events[0].line is None:
        event = events.pop(0)
        if event.config is None:
            kept.append(event)
        elif moves_schedule(begin, event.config):
            events.insert(0, event)
            break
        else:
            begin = event.config
    return begin, kept + events


def moves_schedule(old: RunConfig, new: RunConfig) -> bool:
    """Whether a scheduler goes on from another learning rate than the one that it began with."""
    return (
        new.scheduler is not None
        and old.scheduler == new.scheduler
        and old.optimizer.lr != new.optimizer.lr
        and kept_things(old.optimizer) == kept_things(new.optimizer)
    )


def changes_of(begin: RunConfig, events: Sequence[Event]) -> Iterator[Change]:
    """Each event as a change with its place in the loop."""
    config, last = begin, (0, 0)
    had_scheduler = False
    for event in events:
        place = 0
        if event.line is not None:
            # Lines before it that are switched off now may be switched on later, and then run.
            ran = [i for i, line in enumerate(LINES) if getattr(config.loop, line)]
            place = 1 + max((i for i in ran if i < LINES.index(event.line)), default=0)
        if event.step == last[0]:
            # Places never go back: a step with no line left may be changed once more.
            place = max(place, last[1])
        last = (event.step, place)
        had_scheduler |= config.scheduler is not None
        new = event.config or config
        same_data = new.model_copy(update={"data": config.data})
        yield Change(event.step, place, config, same_data, had_scheduler, event.edit)
        if new.data != config.data:
            # A step that has begun already has its points.
            yield Change(event.step, len(LINES) if place else 0, same_data, new, had_scheduler)
        if kept_things(new.optimizer) != kept_things(config.optimizer):
            had_scheduler = False
        config = new


def statements(change: Change) -> list[str]:
    """The statements of a change."""
    if change.edit is not None:
        edit = change.edit
        index = ", ".join(map(str, edit.index))
        return ["with torch.no_grad():", f"    net.{edit.name}[{index}] = {edit.value!r}"]
    old, new = change.old, change.new
    lines = data_statements(new) if new.data != old.data else []
    if (new.loss, new.reduction) != (old.loss, old.reduction):
        lines.append(made_loss(new))
    if new.l1 != old.l1:
        lines.append(f"l1 = {new.l1!r}")
    if new.batch_size != old.batch_size:
        lines += [f"batch_size = {new.batch_size}", "batches = []"]
    return lines + optimizer_statements(old, new, change.had_scheduler)


def data_statements(config: RunConfig) -> list[str]:
    """The statements for other points. Random numbers drawn for them do not change the mini-batches."""
    lines = [line for line in data_lines(config) if line]
    if any("torch.rand" in line or "torch.normal" in line for line in lines):
        seeded = [f"torch.manual_seed({config.seed})", *lines]
        lines = ["with torch.random.fork_rng(devices=[]):", *(f"    {line}" for line in seeded)]
    if config.batch_size is None:
        return lines
    return ["n = len(x)", *lines, "if len(x) != n:", "    batches = []"]


def block(changes: Iterable[Change]) -> list[str]:
    """The statements of all changes at one place, without those on an optimizer that is replaced there."""
    lines = [line for change in changes for line in statements(change)]
    made = max((i for i, line in enumerate(lines) if line.startswith("optimizer = ")), default=0)
    return [
        line for i, line in enumerate(lines) if i >= made or not line.startswith(("optimizer", "scheduler"))
    ]


def optimizer_statements(old: RunConfig, new: RunConfig, had_scheduler: bool) -> list[str]:
    """The statements for another optimizer, other settings of it, or another scheduler."""
    if kept_things(new.optimizer) != kept_things(old.optimizer):
        return [made_optimizer(new), *made_scheduler(new)]
    lines = list(setting_statements(old.optimizer, new.optimizer))
    lr = new.optimizer.lr
    if new.scheduler != old.scheduler:
        if had_scheduler:
            # A scheduler begins from "initial_lr" where an earlier one has left it.
            lines.append(f"{GROUP}.update(lr={lr!r}, initial_lr={lr!r})")
        elif lr != old.optimizer.lr:
            lines.append(f'{GROUP}["lr"] = {lr!r}')
        return lines + made_scheduler(new)
    if lr != old.optimizer.lr:
        lines.append(f'{GROUP}["lr"] = {lr!r}')
    return lines


def setting_statements(old: OptimizerConfig, new: OptimizerConfig) -> Iterator[str]:
    """The statements for other settings of an optimizer that goes on, except its learning rate."""
    for name in type(new).model_fields:
        value = getattr(new, name)
        if name == "lr" or value == getattr(old, name):
            continue
        yield f'{GROUP}["{name}"] = {value!r}'


def made_loss(config: RunConfig) -> str:
    """The statement `loss_func = ...`."""
    argument = "" if config.reduction == "mean" else f'reduction="{config.reduction}"'
    return f"loss_func = torch.nn.{config.loss}({argument})"


def made_optimizer(config: RunConfig) -> str:
    """The statement `optimizer = ...`."""
    if getattr(config.optimizer, "by_hand", False):
        return f"optimizer = ByHand(net.parameters(), lr={config.optimizer.lr!r})"
    return f"optimizer = {call(config.optimizer, 'torch.optim', 'net.parameters()')}"


def made_scheduler(config: RunConfig) -> list[str]:
    """The statement `scheduler = ...`, if there is a scheduler."""
    if config.scheduler is None:
        return []
    return [f"scheduler = {call(config.scheduler, 'torch.optim.lr_scheduler', 'optimizer')}"]
