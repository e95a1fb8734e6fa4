"""Training runs: their settings (`RunConfig`) and their state (`RunState`).

Choices have PyTorch's own names, by which `training` finds the classes, so that there is no second table.
"""

from itertools import pairwise
from math import prod
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from app.errors import N_, Invalid
from app.protocol.data import MAX_SAMPLES, DataConfig, Recipe, YForm
from app.protocol.optimizers import MAX_PERIOD, SGD, OptimizerConfig, SchedulerConfig
from app.protocol.planes import CLASS_COUNTS
from app.protocol.record import Flag, Number, Record, Whole

MAX_STEPS = MAX_PERIOD
MAX_SEED = 2**31 - 1
DIVERGENCE_FACTOR = 1e6
"""A loss more than this many times the first loss (or 1, if larger) counts as diverged, as NaN and inf do."""

Activation = Literal["ReLU", "Tanh", "Sigmoid", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Identity"]
"""Classes of `torch.nn`, without arguments."""
Init = Literal[
    "default",
    "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_",
    "uniform_", "normal_", "trunc_normal_", "ones_", "zeros_",
]  # fmt: skip
"""Functions of `torch.nn.init`, called with each layer's weight; "default" keeps the layer's own weight."""
Linear = Literal["Linear", "matmul", "mul"]
"""How a layer is written: `torch.nn.Linear`, which rounds once; `x @ w.t() + b`; or, where it has one input,
`x * w.t() + b`."""
Loss = Literal["MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "CrossEntropyLoss", "BCEWithLogitsLoss"]
"""Classes of `torch.nn`, without arguments. The last two are for classes; the others take a class for a
number."""
Reduction = Literal["mean", "sum"]
"""What a loss makes of the points' own losses."""
BatchOrder = Literal["epochs", "DataLoader", "steps", "in_order"]
"""The order in which the points come into mini-batches.

epochs: a `torch.randperm` for each epoch. DataLoader: as `DataLoader(..., shuffle=True)` draws it. steps: the
first points of a new `torch.randperm` in every step. in_order: as they stand.
"""
LineName = Literal["forward", "loss", "zero_grad", "backward", "step"]
"""The lines of the training loop, in order."""
Status = Literal["ready", "playing", "paused", "finished", "diverged", "failed"]
FinishReason = Literal["max_steps", "stop_loss", "diverged", "failed"]

HiddenUnits = Annotated[Whole, Field(ge=1, le=64)]
MAX_DRAWN = 1_000_000
MAX_WEIGHTS = 4_500
"""Most initial weights that are given by their values: two hidden layers of 64 have 4,353."""
MAX_WEIGHT = 1e6


class ModelConfig(Record):
    """`Net(n_feature, *hidden, n_output)`: linear layers with the activation between them."""

    hidden: Annotated[tuple[HiddenUnits, ...], Field(max_length=4)] = (10,)
    """Number of units of each hidden layer, from the input to the output."""
    activation: Activation = "ReLU"
    init: Init = "default"
    dropout: Annotated[Number, Field(ge=0, le=0.9)] = 0.0
    """The share of each hidden layer's outputs that `torch.nn.Dropout` puts to 0 in a step, in train mode.
    Predictions, curve, surface and test loss are those of eval mode."""
    linear: Linear = "Linear"
    """How the layers are written. All compute the same, but round in other places."""
    drawn: Annotated[Whole, Field(ge=0, le=MAX_DRAWN)] = 0
    """How many random numbers are drawn, as by `torch.rand(drawn)`, between `torch.manual_seed(seed)` and the
    making of the model."""
    weights: (
        Annotated[
            tuple[Annotated[Number, Field(ge=-MAX_WEIGHT, le=MAX_WEIGHT)], ...], Field(max_length=MAX_WEIGHTS)
        ]
        | None
    ) = None
    """The initial weights and biases one after the other, in `state_dict` order, in place of those that are
    drawn."""


class LoopConfig(Record):
    """The lines of the training loop that run. A line left out changes nothing, as in plain PyTorch."""

    forward: Flag = True
    """`prediction = net(x)`"""
    loss: Flag = True
    """`loss = loss_func(prediction, y)`"""
    zero_grad: Flag = True
    """`optimizer.zero_grad()`"""
    backward: Flag = True
    """`loss.backward()`"""
    step: Flag = True
    """`optimizer.step()`, and `scheduler.step()` if there is a scheduler."""


class RunConfig(Record):
    """All settings that a run's numbers depend on. The defaults are the lesson's run."""

    seed: Annotated[Whole, Field(ge=0, le=MAX_SEED)] = 0
    """`torch.manual_seed(seed)` is called before the data is made and again before the model is."""
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    loss: Loss = "MSELoss"
    """Where there are classes and no loss is given, CrossEntropyLoss."""
    reduction: Reduction = "mean"
    l1: Annotated[Number, Field(ge=0, le=1000)] = 0.0
    """`loss = loss + l1 * sum(p.abs().sum() for p in net.parameters())` in each step, unless it is 0."""
    optimizer: OptimizerConfig = SGD()
    scheduler: SchedulerConfig | None = None
    batch_size: Annotated[Whole, Field(ge=1, le=MAX_SAMPLES)] | None = None
    """Number of points in each step, in an order drawn anew by `torch.randperm` for each epoch; null: all
    points. The last step of an epoch takes the points that are left."""
    batch_order: BatchOrder = "epochs"
    """The order of the points in mini-batches."""
    loop: LoopConfig = LoopConfig()
    max_steps: Annotated[Whole, Field(ge=1, le=MAX_STEPS)] = 1000
    stop_loss: Annotated[Number, Field(ge=0)] | None = None
    """The run finishes at the first step whose loss is at or below this."""

    @model_validator(mode="before")
    @classmethod
    def _own_loss(cls, given: object) -> object:
        """Classes have a loss of their own."""
        if not isinstance(given, dict) or "loss" in given:
            return given
        data = given.get("data")
        if isinstance(data, dict):
            target = data.get("target")
            has_classes = "classes" in data or (isinstance(target, str) and target in CLASS_COUNTS)
            has_classes = has_classes and data.get("classes", 2) is not None
        else:
            has_classes = getattr(data, "classes", None) is not None
        return {**given, "loss": "CrossEntropyLoss"} if has_classes else given

    @model_validator(mode="after")
    def _loss_fits(self) -> "RunConfig":
        classes = self.data.classes
        if self.loss == "CrossEntropyLoss" and classes is None:
            raise Invalid("loss", N_("CrossEntropyLoss is for classes; set data.classes"))
        if self.loss == "BCEWithLogitsLoss" and classes != 2:
            raise Invalid("loss", N_("BCEWithLogitsLoss is for two classes; set data.classes to 2"))
        return self

    @model_validator(mode="after")
    def _weights_fit(self) -> "RunConfig":
        given = self.model.weights
        if given is not None and len(given) != self.n_weights:
            template = N_("{given} {given:weight is|weights are} given; a model of these layers has {n}")
            raise Invalid("model.weights", template, given=len(given), n=self.n_weights)
        return self

    @model_validator(mode="after")
    def _batch_fits(self) -> "RunConfig":
        self.check_batch(self.data.most_to_learn_from)
        return self

    def check_batch(self, n: int) -> None:
        """Check that a batch is no larger than the n points to learn from. Raises: Invalid."""
        if self.batch_size is not None and self.batch_size > n:
            template = N_(
                "batch_size ({batch_size}) must be at most the number of points to learn from ({n})"
            )
            raise Invalid("batch_size", template, batch_size=self.batch_size, n=n)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of `Net(n_feature, *hidden, n_output)`."""
        n_output = self.data.classes if self.loss == "CrossEntropyLoss" else None
        return (self.data.features, *self.model.hidden, n_output or 1)

    @property
    def n_weights(self) -> int:
        """The number of weights and biases."""
        return sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.sizes))

    @property
    def y_form(self) -> YForm | None:
        """What the labels are as a tensor; None without classes."""
        if self.data.classes is None:
            return None
        return self.data.y_form or self.wanted_form

    @property
    def wanted_form(self) -> YForm:
        """The labels' form that the loss wants."""
        return "long" if self.loss == "CrossEntropyLoss" else "float_column"

    def goes_on_from(self, old: "RunConfig") -> bool:
        """Whether a change from `old` to these settings keeps the weights."""
        begin, before = (
            (config.seed, config.model, config.sizes, config.batch_order) for config in (self, old)
        )
        return begin == before and self.data.made_like(old.data)

    @property
    def recipe(self) -> Recipe | None:
        """The recipe of points that the sandbox must compute; None if it need not."""
        return self.data.recipe(self.seed)


class ParameterInfo(Record):
    """Name and shape of one parameter of the model; lists of them are in `state_dict` order."""

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)


class RunState(Record):
    """The answer to `GET /api/runs/{id}`: a run's settings and its state."""

    id: str
    config: RunConfig
    step: int
    """Number of steps taken since the initial weights."""
    status: Status
    steps_per_second: float | None = None
    """The requested pace while the run plays; null means as fast as the server can."""
    reason: FinishReason | None = None
    """Why the run ended; null while it has not."""
    error: str | None = None
    """Torch's own words, if `reason` is "failed"."""
    warning: str | None = None
    """Torch's warning in a step: without `unsqueeze_y`, that the loss compares unlike shapes."""
    line: LineName | None = None
    """The line of the loop that runs next, if the run stands in the middle of a step."""
    topic: str | None = None
    """The key of the run's diagnosis once it has ended, such as "lr_above_limit"."""
    params: dict[str, str] | None = None
    """The values of the fields of the topic's texts."""
    explanation: str | None = None
    """Why the run ended as it did, in the reader's language."""
    remedy: str | None = None
    """What to change, in the reader's language."""
    suggestion: dict[str, JsonValue] | None = None
    """The remedy as a merge patch of the settings, if there is one. A run that diverged or failed must be
    reset after it."""


class RunCreated(RunState):
    """The answer to `POST /api/runs`, the only one that holds the owner token."""

    owner_token: str


class Losses(Record):
    """The loss of each step from `first_step` on. The loss of step k is the one that step computed."""

    first_step: int
    losses: list[float]


class StepsRequest(Record):
    """A request to run exactly `count` further steps."""

    count: Annotated[Whole, Field(ge=1, le=MAX_STEPS)]
