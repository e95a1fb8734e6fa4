"""The first steps of a script: each loss, and what its optimizers, schedulers and gradients do in between."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from sys import _getframe
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer, lr_scheduler
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.utils.data import DataLoader

from app.calculator.program.randomness import patched
from app.calculator.program.run import CURRENT
from app.calculator.program.stage import program_line
from app.calculator.scripts.descent import Descent
from app.calculator.scripts.rounds import Rounds
from app.calculator.scripts.tape import Call, Enough, Tape
from app.protocol.scripts import MAX_OBSERVED

SEED = 0
"""The seed of a script that sets none."""


@dataclass
class Step:
    """One `backward()`. has_grads: whether there were gradients before. by_hand: whether the parameters were
    changed since the step before by something else than an optimizer. clipped: the same of the gradients,
    between `backward()` and the optimizer's step. lr: of that step.
    """

    loss: Tensor
    value: float
    made: Call | None
    line: int
    has_grads: bool
    by_hand: bool
    clipped: bool = False
    lr: float | None = None
    events: list[str] = field(default_factory=list)


@dataclass
class Made:
    """An optimizer or scheduler that a script has made. settings: of the first group, as they were then."""

    thing: Any
    line: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    calls: int = 0


class Watch:
    """Watches one script.

    seeds: the seed of torch's random numbers, and their state, when the first layer was made. leaves: the
    parameters that the first loss depends on; initial: their values before the first step. loops: the rounds
    and the lines of those that run then.
    """

    def __init__(self) -> None:
        self.tape = Tape()
        self.rounds = Rounds()
        self.steps: list[Step] = []
        self.optimizers: list[Made] = []
        self.schedulers: list[Made] = []
        self.loaders: list[DataLoader[Any]] = []
        self.has_closure = False
        self.loops: list[tuple[int | None, int]] = []
        self.seed: int | None = None
        self.model_state: Tensor | None = None
        self.leaves: list[Tensor] = []
        self.initial: list[Tensor] = []
        self.descent = Descent()
        self._after: list[Tensor] = []
        self._before: list[Tensor] = []
        self._grads: list[Tensor | None] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch what runs inside."""
        with ExitStack() as around:
            around.enter_context(patched(self._patches()))
            for handle in (
                register_optimizer_step_pre_hook(self._before_step),
                register_optimizer_step_post_hook(self._after_step),
            ):
                around.callback(handle.remove)
            around.enter_context(self.tape)
            yield

    def _patches(self) -> list[tuple[Any, str, Any]]:
        kinds = [
            kind for kind in vars(lr_scheduler).values() if isinstance(kind, type) and "step" in vars(kind)
        ]
        plateau = lr_scheduler.ReduceLROnPlateau
        return [
            (torch.autograd, "backward", self._backward(torch.autograd.backward)),
            (Optimizer, "__init__", self._made(Optimizer.__init__, self.optimizers)),
            (Optimizer, "zero_grad", self._unseen(Optimizer.zero_grad)),
            (
                lr_scheduler.LRScheduler,
                "__init__",
                self._made(lr_scheduler.LRScheduler.__init__, self.schedulers),
            ),
            (plateau, "__init__", self._made(plateau.__init__, self.schedulers)),
            *((kind, "step", self._scheduled(vars(kind)["step"])) for kind in kinds),
            (nn.Linear, "__init__", self._layer(nn.Linear.__init__)),
            (DataLoader, "__iter__", self._loading(DataLoader.__iter__)),
        ]

    def put_back(self) -> None:
        """Give the parameters their initial values."""
        with torch.no_grad():
            for leaf, value in zip(self.leaves, self.initial, strict=True):
                leaf.copy_(value)

    # What takes the place of torch's own.

    def _made(self, real: Callable[..., None], found: list[Made]) -> Callable[..., None]:
        def init(thing: Any, *args: Any, **kwargs: Any) -> None:
            real(thing, *args, **kwargs)
            groups = getattr(thing, "param_groups", [{}])
            settings = {name: value for name, value in groups[0].items() if name != "params"}
            found.append(Made(thing, program_line(_getframe()), settings))

        return init

    def _unseen(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            before, self.tape.on = self.tape.on, False
            try:
                return real(*args, **kwargs)
            finally:
                self.tape.on = before

        return call

    def _scheduled(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(thing: Any, *args: Any, **kwargs: Any) -> Any:
            for made in self.schedulers:
                if made.thing is thing and self.steps:
                    made.calls += 1
                    self.steps[-1].events.append("scheduler")
            return self._unseen(real)(thing, *args, **kwargs)

        return step

    def _layer(self, real: Callable[..., None]) -> Callable[..., None]:
        def init(*args: Any, **kwargs: Any) -> None:
            if self.model_state is None:
                self.seed = seed_set()
                if self.seed is None:
                    torch.default_generator.manual_seed(SEED)
                self.model_state = torch.get_rng_state()
            real(*args, **kwargs)

        return init

    def _loading(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def iterate(loader: DataLoader[Any]) -> Any:
            if loader not in self.loaders:
                self.loaders.append(loader)
            return real(loader)

        return iterate

    def _backward(self, real: Callable[..., None]) -> Callable[..., None]:
        def backward(tensors: Any, *args: Any, **kwargs: Any) -> None:
            loss = tensors if isinstance(tensors, Tensor) else tensors[0]
            before, self.tape.on = self.tape.on, False
            try:
                self._begin_step(loss)
                real(tensors, *args, **kwargs)
                self._grads = [None if leaf.grad is None else leaf.grad.clone() for leaf in self.leaves]
            finally:
                self.tape.on = before

        return backward

    def _begin_step(self, loss: Tensor) -> None:
        if len(self.steps) == MAX_OBSERVED:
            raise Enough
        made = self.tape.maker(loss)
        if not self.steps:
            self.loops = [(loop.rounds, loop.line) for loop in self.rounds.running]
            taken = {id(leaf) for one in self.optimizers for leaf in every_parameter(one.thing)}
            # Points may be asked for a gradient, too.
            self.leaves = [leaf for leaf in leaves_of(made) if not taken or id(leaf) in taken]
            self.initial = self._before = self._after = values_of(self.leaves)
        by_hand = not all(map(same, self._after, self.leaves))
        if self.steps:
            self.descent.see(self._before, self._grads, self.leaves)
        has_grads = any(leaf.grad is not None and bool(leaf.grad.any()) for leaf in self.leaves)
        value = loss.item() if loss.numel() == 1 else float("nan")
        self.steps.append(Step(loss, value, made, program_line(_getframe()), has_grads, by_hand))
        self._before = self._after = values_of(self.leaves)

    def _before_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        closure = len(args) > 1 or bool(kwargs)
        self.has_closure |= closure
        self.tape.on = closure
        for made in self.optimizers:
            made.calls += made.thing is optimizer
        if self.steps:
            step = self.steps[-1]
            step.events.append("step")
            step.lr = float(optimizer.param_groups[0]["lr"])
            now = [leaf.grad for leaf in self.leaves]
            step.clipped |= not all(map(same, self._grads, now))

    def _after_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        self.tape.on = True
        self._after = values_of(self.leaves)


def seed_set() -> int | None:
    """The seed that the script has set; None: none so far."""
    run = CURRENT.get()
    return None if run is None else run.chance.seeds.get(0)


def leaves_of(made: Call | None) -> list[Tensor]:
    """The tensors that gradients of a call's result go to, in the order in which it was made."""
    found: dict[int, Tensor] = {}
    calls = [] if made is None else sorted(made.ancestors, key=lambda call: call.place)
    for call in calls:
        for value in call.tensors:
            if value.is_leaf and value.requires_grad:
                found[id(value)] = value
    return list(found.values())


def every_parameter(optimizer: Any) -> list[Tensor]:
    """All parameters of an optimizer."""
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def values_of(tensors: list[Tensor]) -> list[Tensor]:
    """Copies of tensors."""
    return [tensor.detach().clone() for tensor in tensors]


def same(one: Tensor | None, other: Tensor | None) -> bool:
    """Whether two parameters or gradients are equal, those that are no numbers included."""
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)
