"""One run's training loop: the lines of a plain PyTorch script, and the tensors they work on."""

import warnings
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import get_args

import torch
from torch import Tensor, nn
from torch.autograd.graph import increment_version

from app.errors import N_, Invalid
from app.protocol.optimizers import kept_things
from app.protocol.runs import LineName, ParameterInfo, RunConfig
from app.training.batches import Batches
from app.training.data import Points
from app.training.layout import Layout
from app.training.model import LINEAR, activation_of, generator_after, initial_parameters, layers_alone
from app.training.optimizer import State, make_optimizer, step_of
from app.training.schedule import make_schedule

LINES: tuple[LineName, ...] = get_args(LineName)
LossFunc = Callable[[Tensor, Tensor], Tensor]


class Loop:
    """The tensors of a plain training script, and its lines, which compute the same bits as in the script.

    All parameters lie in one row, as do their gradients, so that `zero_grad` is one fill and the optimizer
    works on one tensor. A `Cohort` may take steps in place of many loops.

    theta: the parameters, a row of `layout`, float32. grad: their gradients, likewise, unless `has_grads` is
    False: then the script's `.grad` are None.
    optimizer_state: the state of torch's optimizer under torch's names: rows, and a 0-d count of steps.
    schedule: the scheduler's learning rate, if there is a scheduler.
    batches: the mini-batches; None where every step learns from all points.
    variables: the script's `prediction` and `loss`, once they exist.
    warning: the warning that torch gave for these points, if any.
    """

    def __init__(self, config: RunConfig, data: Points) -> None:
        self.config = config
        self.data = data
        parameters = initial_parameters(config)
        self.parameters = [ParameterInfo(name=name, shape=tuple(p.shape)) for name, p in parameters.items()]
        self.layout = Layout(tuple(parameter.shape for parameter in self.parameters))
        self.theta = self.layout.row(parameters.values()).to(data.x.device)
        self.grad = self.theta.grad = torch.zeros_like(self.theta)
        self.has_grads = False
        self.leaves = [apart(block).requires_grad_() for block in self.layout.blocks(self.theta)]
        for leaf, grad in zip(self.leaves, self.layout.blocks(self.grad), strict=True):
            leaf.grad = grad
        made = (self.leaves, activation_of(config.model), LINEAR[config.model.linear])
        self.layers = layers_alone(*made)
        self._layers_in_training = layers_alone(*made, config.model.dropout)
        self.optimizer_state: State = {}
        self.schedule = make_schedule(config)
        self.batches: Batches | None = None
        self.variables: dict[str, Tensor] = {}
        self.warning: str | None = None
        self._past: tuple[Tensor, float] | None = None
        self._done = 0
        self._arrange()

    def net(self, x: Tensor) -> Tensor:
        """The model in eval mode: (n, features) to (n, outputs)."""
        return self.layers(x)[-1]

    @property
    def lr(self) -> float:
        """The learning rate of the next step."""
        return self.schedule.lr if self.schedule else self.config.optimizer.lr

    @property
    def left(self) -> list[LineName]:
        """The lines left to run in the step that has begun, or those of the next step if none has."""
        return [line for line in LINES[self._done :] if getattr(self.config.loop, line)]

    @property
    def is_in_step(self) -> bool:
        """Whether a line of a step has run, and `end_step` has not been called."""
        return self._done > 0

    @property
    def line(self) -> LineName | None:
        """The line that runs next in the middle of a step. None between two steps."""
        return next(iter(self.left), None) if self.is_in_step else None

    def configure(self, config: RunConfig, data: Points | None = None) -> None:
        """Change settings without beginning anew.

        As in a script that sets `optimizer.param_groups`, the optimizer keeps its state, and a scheduler goes
        on from another learning rate. Another class, or settings for which torch keeps other state, need a
        new optimizer. Another scheduler starts from `optimizer.lr`.

        data: the points from the next step on, as in a script that assigns to `x` and `y`. If their number
        changes, a new epoch begins.
        """
        if data is not None or not (config.loop.forward and config.loop.loss):
            self.revive()
        if data is not None:
            self.data, self.warning = data, None
        old, self.config = self.config, config
        anew = kept_things(config.optimizer) != kept_things(old.optimizer)
        if anew:
            self.optimizer_state = {}
        if anew or config.scheduler != old.scheduler:
            self.schedule = make_schedule(config)
        elif self.schedule and config.optimizer.lr != old.optimizer.lr:
            self.schedule.lr = config.optimizer.lr
        self._arrange()

    def _arrange(self) -> None:
        config, n = self.config, self.data.x.shape[0]
        self._lines = [line for line in LINES if getattr(config.loop, line)]
        self._loss_func = loss_func_of(config)
        self._takes_classes = config.loss == "CrossEntropyLoss"
        self._optimizer_step: Callable[[], object] | None = None
        if config.batch_size is None:
            self.batches = None
        elif self.batches is None or (self.batches.n, self.batches.size) != (n, config.batch_size):
            self.batches = Batches(n, config.batch_size, self._generator, config.batch_order)

    @cached_property
    def _generator(self) -> torch.Generator:
        return generator_after(self.config)

    @property
    def generator_state(self) -> Tensor | None:
        """The state of the generator that draws mini-batches; None while none was ever drawn."""
        return self._generator.get_state() if "_generator" in self.__dict__ else None

    @generator_state.setter
    def generator_state(self, state: Tensor) -> None:
        self._generator.set_state(state)

    @property
    def last(self) -> tuple[Tensor, float] | None:
        """The prediction and the loss of the last step, if there are any."""
        if self._past is not None or "loss" not in self.variables:
            return self._past
        return self.variables["prediction"].detach(), self.variables["loss"].item()

    def edit(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Set one element of a parameter. Raises: Invalid: there is no such element."""
        leaves = {parameter.name: leaf for parameter, leaf in zip(self.parameters, self.leaves, strict=True)}
        leaf = leaves.get(name)
        if leaf is None:
            template = N_("{name} is not a parameter of this model; its parameters are {names}")
            raise Invalid("name", template, name=name, names=", ".join(leaves))
        if len(index) != leaf.dim() or any(i >= n for i, n in zip(index, leaf.shape, strict=True)):
            template = N_("{index} is not an index into {name}, whose shape is {shape}")
            raise Invalid("index", template, index=str([*index]), name=name, shape=str([*leaf.shape]))
        with torch.no_grad():
            leaf[index] = value

    # Taking steps.

    def step(self) -> float:
        """Take the next step, or finish the one that has begun. Returns the loss it computed.

        Raises: RuntimeError: torch refused a line. NameError: a line uses what no line has made.
        """
        if self.is_in_step:
            lines = self.left
        else:
            self._begin_step()
            lines = self._lines
        for line in lines:
            RUN[line](self)
        return self.end_step()

    def run_line(self) -> LineName:
        """Run the next line and return its name. There must be one. Raises: as `step`."""
        line = self.left[0]
        if not self.is_in_step:
            self._begin_step()
        RUN[line](self)
        self._done = LINES.index(line) + 1
        return line

    def end_step(self) -> float:
        """End the step once no line is left. Returns its loss. Raises: NameError: there is none."""
        self._done = 0
        return self._variable("loss").item()

    def _begin_step(self) -> None:
        self._past = None
        self._x, self._y = self._points(self.batches.draw() if self.batches else None)

    def _points(self, index: Tensor | None) -> tuple[Tensor, Tensor]:
        data = self.data
        if index is None:
            return data.x, data.y
        index = index.to(data.x.device)
        return data.x[index], data.y[index]

    def _variable(self, name: str) -> Tensor:
        try:
            return self.variables[name]
        except KeyError:
            raise NameError(f"name '{name}' is not defined", name=name) from None

    def _forward(self) -> None:
        self.variables["prediction"] = self._trained(self._x)

    def _trained(self, x: Tensor) -> Tensor:
        """The model in train mode: dropout draws where the script draws, after the mini-batch."""
        if not self.config.model.dropout:
            return self.net(x)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.set_state(self._generator.get_state())
            prediction = self._layers_in_training(x)[-1]
            self._generator.set_state(torch.default_generator.get_state())
        return prediction

    def _loss(self) -> None:
        prediction = self._variable("prediction")
        try:
            loss, warning = self.compare(prediction, self._y)
        except ValueError as error:  # by which a loss refuses shapes that do not fit
            raise RuntimeError(str(error)) from error
        self.variables["loss"] = self._penalised(loss)
        self.warning = self.warning or warning

    def _penalised(self, loss: Tensor) -> Tensor:
        """The loss with the L1 penalty added, if there is one."""
        l1 = self.config.l1
        return loss + l1 * sum(leaf.abs().sum() for leaf in self.leaves) if l1 else loss

    def compare(self, prediction: Tensor, y: Tensor) -> tuple[Tensor, str | None]:
        """`loss_func(prediction, y)`, and what torch warns of where their shapes differ."""
        if self._takes_classes or prediction.shape == y.shape:
            return self._loss_func(prediction, y), None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            loss = self._loss_func(prediction, y)
        return loss, next((str(warning.message) for warning in caught), None)

    def _zero_grad(self) -> None:
        self.grad.zero_()
        self.has_grads = False

    def _backward(self) -> None:
        self._variable("loss").backward()  # type: ignore[no-untyped-call]
        self.has_grads = True

    def _step(self) -> None:
        if self._optimizer_step is None:
            optimizer = make_optimizer(self.config.optimizer, [{"params": [self.theta], "lr": self.lr}])
            optimizer.state[self.theta] = self.optimizer_state
            self._optimizer_step = step_of(optimizer)
            self._group = optimizer.param_groups[0]
        if self.has_grads:
            self._optimizer_step()
            increment_version(self.leaves)
        if self.schedule:
            self.schedule.step()
            self._group["lr"] = self.schedule.lr

    # Steps taken by a cohort.

    def take_step(self, prediction: Tensor, loss: float) -> None:
        """Remember the result of the last step that a cohort took in this loop's place.

        prediction: (points, outputs), possibly followed by padding.
        """
        self.variables.clear()
        # A copy: a view would keep the whole cohort's memory for one run that left.
        self._past = prediction.clone(), loss
        self._optimizer_step = None

    def revive(self) -> None:
        """Make `prediction` and `loss` of a cohort's last step, as a script would still have them.

        Their graph is freed if `backward()` has run, as torch frees it.
        """
        if self._past is None:
            return
        x, y = self._points(self.batches.last if self.batches else None)
        drawn = self.generator_state
        prediction = self._trained(x)
        if drawn is not None:
            self.generator_state = drawn
        loss = self._penalised(self._loss_func(prediction, y))
        if self.config.loop.backward:
            torch.autograd.grad(loss, self.leaves)
        values, loss_value = self._past
        prediction.data.copy_(values[: x.shape[0]])
        loss.data.fill_(loss_value)
        self.variables = {"prediction": prediction, "loss": loss}
        self._past = None


def apart(view: Tensor) -> Tensor:
    """A tensor of its own on the memory of a view.

    A view shares its base's version counter, by which torch notices that a value a graph needs was changed.
    """
    return view.new_empty(0).set_(view.untyped_storage(), view.storage_offset(), view.shape, view.stride())


def loss_func_of(config: RunConfig, reduction: str | None = None) -> LossFunc:
    """The `torch.nn` class of that name, without the module call around it."""
    loss_func: LossFunc = getattr(nn, config.loss)(reduction=reduction or config.reduction).forward
    return loss_func


RUN: Mapping[LineName, Callable[[Loop], None]] = {
    "forward": Loop._forward,
    "loss": Loop._loss,
    "zero_grad": Loop._zero_grad,
    "backward": Loop._backward,
    "step": Loop._step,
}
