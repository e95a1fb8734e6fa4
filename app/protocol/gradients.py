"""A calculator program and what it did: `POST /api/gradients`."""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.edits import Fix
from app.protocol.explanation import Chain, Graph, Jacobian, Nudge, Step
from app.protocol.record import Many, Numbers, Record

MAX_PROGRAM_BYTES = 64 * 1024

GradState = Literal["value", "none", "not_retained", "untracked"]


class Program(Record):
    """PyTorch code, as typed."""

    program: Annotated[str, Field(max_length=MAX_PROGRAM_BYTES)]
    curves: bool = False
    """Whether to follow the function around each leaf of one element (`Nudge.curve`), which takes longer."""
    goes_on: bool = False
    """Whether it goes on where it takes longer than a moment: then the answer is 202 and a `ProgramStarted`,
    with which it is watched at `/api/programs/stream`. Without, it is ended."""


class Variable(Record):
    """One tensor the program named, as it is at the end."""

    name: str
    text: str
    """As `print` shows it."""
    value: str
    """The numbers alone, as torch writes them."""
    value_numbers: Numbers = None
    """The numbers themselves, as `tolist()` gives them, null for each that is not finite. null as a whole for
    a tensor of more than 1,000 numbers or of complex ones, and once the program's have 10,000 together."""
    shape: Many[int]
    dtype: str
    requires_grad: bool
    is_leaf: bool
    grad: str | None
    """`.grad` as `print` shows it, where `grad_state` is "value"."""
    grad_numbers: Numbers = None
    """The numbers of `.grad` likewise; null where there is none."""
    grad_state: GradState
    """untracked: requires_grad is False. not_retained: a non-leaf without retain_grad(). none: tracked, but
    nothing has flowed into it. value: `grad` says what."""
    grad_fn: str | None
    """The name torch gives the operation that made it, such as "MulBackward0"."""
    retain: Fix | None = None
    """Where `grad_state` is "not_retained": what keeps its gradient, if that is one line."""


class ProgramError(Record):
    """Where and why the program stopped."""

    type: str
    """Python's name for it, such as "RuntimeError"."""
    message: str
    """torch's or Python's own text."""
    line: int | None
    column: int | None
    """From 1."""
    end_column: int | None = None
    """Behind the last character of what failed, if that ends on the same line."""
    topic: str | None = None
    """The key of the explanation, such as "backward_non_scalar"; None when nothing fits."""
    explanation: str | None = None
    """What it means, in the reader's language."""
    remedy: str | None = None
    """What to change, in the reader's language."""
    fixes: Many[Fix] = Field(default_factory=list)
    """The same as edits of this program, the best first."""
    template: str | None = None
    """Where the message is the calculator's own: its English text with fields, to translate and fill."""
    params: dict[str, str | int | float | None] | None = None
    """The values of the fields of that text, or of the topic's."""


class ProgramWarning(Record):
    """What torch warned of while the program ran."""

    message: str
    line: int
    topic: str | None = None
    """The key of the explanation, such as "target_size"; None when nothing fits."""
    params: dict[str, str] | None = None
    """The values of its fields."""
    explanation: str | None = None
    """What it means, in the reader's language."""
    remedy: str | None = None
    """What to change, in the reader's language."""
    fixes: Many[Fix] = Field(default_factory=list)
    """The same as edits of this program, the best first."""


class Remark(Record):
    """What torch says nothing of, and is probably not meant."""

    line: int
    topic: str
    """The key of the explanation, such as "silent_broadcast"."""
    params: dict[str, str] | None = None
    """The values of its fields."""
    explanation: str | None = None
    """What happens, in the reader's language."""
    remedy: str | None = None
    """What to change, in the reader's language."""
    fixes: Many[Fix] = Field(default_factory=list)
    """The same as edits of this program, the best first."""


class Derivation(Record):
    """What a program printed, what became of its tensors, and why."""

    printed: str
    variables: Many[Variable]
    truncated: bool
    """Whether `printed` was cut at the cap."""
    warnings: Many[ProgramWarning] = Field(default_factory=list)
    remarks: Many[Remark] = Field(default_factory=list)
    """What torch does without a word, and is probably not meant."""
    deterministic: bool = True
    """Whether the same text gives the same result: no random number was drawn before a seed was set, and no
    clock decided what was checked."""
    graph: Graph | None = None
    """The graph torch built, as it is at the end; None where the program could not be read."""
    chain: Many[Chain] = Field(default_factory=list)
    """The chain rule for the last `backward()` of each line, per output and leaf."""
    jacobians: Many[Jacobian] = Field(default_factory=list)
    """The same as matrices, where `gradient=` was given or the output has more than one element."""
    nudge: Many[Nudge] = Field(default_factory=list)
    """The gradients beside central differences."""
    steps: Many[Step] = Field(default_factory=list)
    """What happened, line by line and node by node; of long loops the first and the last rounds."""
    error: ProgramError | None
