"""A training run: what is asked for (`RunConfig`) and what it is now (`RunState`).

Choices carry PyTorch's own names, so `training` finds the class by that name and no second table exists.
"""

from math import prod
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from app.errors import N_, Invalid
from app.protocol.data import MAX_SAMPLES, DataConfig, Recipe
from app.protocol.optimizers import MAX_PERIOD, SGD, OptimizerConfig, SchedulerConfig
from app.protocol.record import Flag, Number, Record, Whole

MAX_STEPS = MAX_PERIOD
MAX_SEED = 2**31 - 1
DIVERGENCE_FACTOR = 1e6
"""A loss this many times the first one (or 1, if larger) counts as diverged, as NaN and infinity do."""

Activation = Literal["ReLU", "Tanh", "Sigmoid", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Identity"]
"""Classes of `torch.nn`, without arguments."""
Init = Literal[
    "default",
    "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_",
    "uniform_", "normal_", "trunc_normal_", "ones_", "zeros_",
]  # fmt: skip
"""Functions of `torch.nn.init`, called with each layer's weight alone; "default" leaves it as made."""
Loss = Literal["MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"]
"""Classes of `torch.nn`, without arguments."""
LineName = Literal["forward", "loss", "zero_grad", "backward", "step"]
"""The lines of the training loop, in their order."""
Status = Literal["ready", "playing", "paused", "finished", "diverged", "failed"]
FinishReason = Literal["max_steps", "stop_loss", "diverged", "failed"]

HiddenUnits = Annotated[Whole, Field(ge=1, le=64)]


class ModelConfig(Record):
    """`Net(1, *hidden, 1)`: linear layers with the activation between them."""

    hidden: Annotated[tuple[HiddenUnits, ...], Field(max_length=4)] = (10,)
    """Units of each hidden layer, from the input to the output."""
    activation: Activation = "ReLU"
    init: Init = "default"


class LoopConfig(Record):
    """Which lines of the training loop run. One left out leaves things as they are, as in plain PyTorch."""

    forward: Flag = True
    """`prediction = net(x)`"""
    loss: Flag = True
    """`loss = loss_func(prediction, y)`"""
    zero_grad: Flag = True
    """`optimizer.zero_grad()`"""
    backward: Flag = True
    """`loss.backward()`"""
    step: Flag = True
    """`optimizer.step()`, and `scheduler.step()` where there is one."""


class RunConfig(Record):
    """Everything a run's numbers depend on. The defaults are the lesson's run."""

    seed: Annotated[Whole, Field(ge=0, le=MAX_SEED)] = 0
    """`torch.manual_seed(seed)` is called before the data is made and again before the model is."""
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    loss: Loss = "MSELoss"
    optimizer: OptimizerConfig = SGD()
    scheduler: SchedulerConfig | None = None
    batch_size: Annotated[Whole, Field(ge=1, le=MAX_SAMPLES)] | None = None
    """Points of each step, drawn anew by `torch.randperm` when all have been used; null: all of them.
    The last step of an epoch takes what is left."""
    loop: LoopConfig = LoopConfig()
    max_steps: Annotated[Whole, Field(ge=1, le=MAX_STEPS)] = 1000
    stop_loss: Annotated[Number, Field(ge=0)] | None = None
    """The run finishes at the first step whose loss is at or below this."""

    @model_validator(mode="after")
    def _batch_fits(self) -> "RunConfig":
        self.check_batch(self.data.most_to_learn_from)
        return self

    def check_batch(self, n: int) -> None:
        """Raises: Invalid: a batch is to be larger than the n points to learn from."""
        if self.batch_size is not None and self.batch_size > n:
            template = N_(
                "batch_size ({batch_size}) must be at most the number of points to learn from ({n})"
            )
            raise Invalid("batch_size", template, batch_size=self.batch_size, n=n)

    def goes_on_from(self, old: "RunConfig") -> bool:
        """Whether changing `old` to these settings keeps the weights."""
        return (self.seed, self.model) == (old.seed, old.model) and self.data.made_like(old.data)

    @property
    def recipe(self) -> Recipe | None:
        """The points that the sandbox has to compute, if it has to."""
        return self.data.recipe(self.seed)


class ParameterInfo(Record):
    """Name and shape of one parameter, in `state_dict` order."""

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers it is."""
        return prod(self.shape)


class RunState(Record):
    """A run as `GET /api/runs/{id}` tells it."""

    id: str
    config: RunConfig
    step: int
    """Steps taken since the initial weights."""
    status: Status
    steps_per_second: float | None = None
    """While playing: the pace asked for; null means as fast as the server can."""
    reason: FinishReason | None = None
    """Why the run ended, once it has."""
    error: str | None = None
    """torch's own words, where `reason` is "failed"."""
    warning: str | None = None
    """What torch warned of in a step: without `unsqueeze_y`, that the loss compares unlike shapes."""
    line: LineName | None = None
    """In the middle of a step: the line of the loop that runs next."""
    topic: str | None = None
    """Once the run has ended: the key of what there is to say about it, such as "lr_above_limit"."""
    params: dict[str, str] | None = None
    """The values of the fields of the topic's texts."""
    explanation: str | None = None
    """Why it ended as it did, in the reader's language."""
    remedy: str | None = None
    """What to change, in the reader's language."""
    suggestion: dict[str, JsonValue] | None = None
    """The same as a merge patch of the settings, where there is one. A run that diverged or failed is to be
    reset after it."""


class RunCreated(RunState):
    """The answer to `POST /api/runs`: the only time the owner token is told."""

    owner_token: str


class Losses(Record):
    """The loss of each step from `first_step` on. Step k's loss is the one computed by the k-th step."""

    first_step: int
    losses: list[float]


class StepsRequest(Record):
    """Run exactly `count` further steps."""

    count: Annotated[Whole, Field(ge=1, le=MAX_STEPS)]
