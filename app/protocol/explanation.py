"""Why a program's gradients are what they are: the graph, the chain rule, the check, the playback.

Operations and tensors are named by the ids of `Graph.nodes`, derivatives by those of `Graph.edges`. Numbers
in a text have at most five significant digits; the cards (`Variable`) have them as torch prints them.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.edits import TextEdit
from app.protocol.record import FIRST_WRONG, Many, Numbers, Record

Id = Annotated[str, Field(max_length=20)]
Text = Annotated[str, Field(max_length=1000)]
Point = tuple[float, float]
Rows = Many[Many[float | None]]

NodeKind = Literal["leaf", "operation", "constant", "untracked", "folded"]
EdgeKind = Literal["flow", "constant", "cut"]
CutReason = Literal["detach", "no_grad", "copied", "gradient", "not_differentiable"]
Saved = Literal["none", "kept", "freed"]


class GraphNode(Record):
    """One box of the graph. An operation stands for its result as well."""

    id: Id
    kind: NodeKind
    """leaf: a tensor gradients are collected in (torch's AccumulateGrad). operation: a node of torch's graph.
    constant: a number in the program. untracked: a tensor without requires_grad. folded: many operations."""
    label: Text
    """torch's name of the operation, such as "MulBackward0"; of a constant its value."""
    name: Text | None
    """What the program calls the tensor."""
    names: Many[Text]
    """All names it has at the end of the program, as in `Derivation.variables`."""
    symbol: Text
    """What the formulas call it: its name, or u1, u2, ... for a result without one."""
    value: Text | None
    """Its forward value when it was computed; of a leaf, when the last `backward()` through it began.
    None where it is not known: inside a layer of torch's own."""
    grad: Text | None
    """The gradient that flowed into it in the last `backward()` that reached it. A leaf's `.grad` is the sum
    over all of them."""
    value_numbers: Numbers = None
    """`value` as `tolist()` gives it, where it is one finite real number; else null."""
    grad_numbers: Numbers = None
    """`grad` likewise."""
    shape: Many[int]
    line: int | None
    """The line that computed it."""
    output: bool = False
    """Whether `backward()` was called on it."""
    saved: Saved = "none"
    """Whether the operation kept values for the way back: none needed, kept, or freed by `backward()`."""
    cut: CutReason | None = None
    """Why gradients do not flow through it, where something it was computed from is tracked. detach:
    `detach()` or `.data`. no_grad: computed under `torch.no_grad()`. copied: `torch.tensor(x)`. gradient:
    read from `.grad`. not_differentiable: an operation without a derivative, such as `argmax`."""
    count: int | None = None
    """Of a folded node: how many operations it stands for."""
    x: float = 0.0
    y: float = 0.0
    """Its middle, in the units of `Graph.width`."""
    width: float = 0.0
    height: float = 0.0


class GraphEdge(Record):
    """An input of an operation: forward from source to target, backward from target to source."""

    id: Id
    source: Id
    target: Id
    kind: EdgeKind
    """flow: gradients flow back along it. constant: into an input that is not tracked. cut: the target was
    computed from the source, but torch does not know."""
    slot: int | None
    """Which input of the operation, from 0, in torch's order."""
    local: Text | None
    """The derivative of the target by the source: a number, "diag(...)", a small matrix, or its size."""
    jacobian: Rows | None = None
    """The same as a matrix, where it has at most 8 rows and 64 entries: a row per element of the target."""
    local_numbers: float | None = None
    """The same as a number, where it is one finite real number; else null."""
    points: Many[Point]
    """Where the line bends, from the source's right side to the target's left side."""


class Graph(Record):
    """The graph torch built, drawn from left to right. Lengths are pixels at 16 px text."""

    nodes: Many[GraphNode]
    edges: Many[GraphEdge]
    width: float
    height: float


class Formula(Record):
    """An element of MathML: build it with `createElementNS`, its text with `textContent`."""

    tag: Literal["mrow", "mi", "mn", "mo", "mfrac", "mtable", "mtr", "mtd", "mtext"]
    text: Text = ""
    edge: Id | None = None
    """The edge whose derivative this is, to be lit together with it."""
    children: "Annotated[tuple[Formula, ...], FIRST_WRONG]" = ()


class ChainPath(Record):
    """One way from an output back to a leaf, and the product of the derivatives along it."""

    edges: Many[Id]
    """From the output to the leaf; the factors are their derivatives."""
    product: Text | None
    """Their product, with the weights (`gradient=`) in front; None where a factor is too large to write."""


class Chain(Record):
    """The chain rule for one output and one leaf of one `backward()`, with the numbers in it."""

    backward: int
    """Which `backward()`, from 1."""
    output: Id
    leaf: Id
    weight: Text | None
    """What was given as `gradient=`."""
    paths: Many[ChainPath]
    n_paths: int
    """How many paths there are, up to a billion; the first few are in `paths`."""
    text: Text | None
    """The sum over all paths in one line, such as "4 × 3 = 12"; None where it cannot be written."""
    total: Text | None
    """What the paths add up to."""
    grad: Text | None
    """The gradient that reached the leaf from all outputs of this `backward()`, after the program's hooks."""
    formula: Formula | None
    """The same in mathematical notation."""


class Jacobian(Record):
    """Every derivative of one output by one leaf, and what the weights make of them."""

    backward: int
    output: Id
    leaf: Id
    rows: int
    """Elements of the output."""
    columns: int
    """Elements of the leaf."""
    values: Rows | None
    """A row per element of the output; None where there are more than 8 rows or 64 entries."""
    gradient: Many[float | None] | None
    """The weight of each row: `gradient=`, flattened. None: not given, which only an output of one element
    allows."""
    product: Many[float | None] | None
    """gradient times values: what `backward()` adds to the leaf's `.grad`, flattened."""
    weights: TextEdit | None = None
    """Gives the `backward()` other weights: "…" in its text stands for their numbers, as nested lists in the
    shape of the output. None where its place in the program is not certain."""


NudgeState = Literal["agree", "disagree", "unchecked"]


class NudgeElement(Record):
    """One element of a leaf, checked."""

    index: Many[int]
    h: float
    """How far it was moved."""
    autograd: float | None
    finite_difference: float | None
    """(f(x + h) - f(x - h)) / 2h, in float64."""
    agree: bool


class Nudge(Record):
    """A gradient against central differences: the program run again with the leaf moved a little.

    f is what the `backward()` flowed back from: the sum of its output times `gradient=`.
    """

    name: Text
    node: Id
    backward: int
    """Which `backward()`, from 1."""
    state: NudgeState
    autograd: Text | None
    """The gradient that reached the leaf."""
    finite_difference: Text | None
    agree: bool | None
    """None where it could not be checked."""
    elements: Many[NudgeElement]
    """The first few of them."""
    topic: str | None = None
    """Why it disagrees or could not be checked, such as "kink"."""
    params: dict[str, str] | None = None
    explanation: str | None = None
    """The same in the reader's language."""
    curve: Annotated[tuple[Point, ...], FIRST_WRONG] = ()
    """Of a leaf of one element, where asked for: (x, f(x)) around it."""


class Change(Record):
    """A variable, or its `.grad`, before and after a step. null: it was not there, or None."""

    name: Text
    what: Literal["value", "grad"]
    before: Text | None
    after: Text | None


StepEvent = Literal["line", "backward", "node", "skipped", "error"]


class Step(Record):
    """One step of the playback."""

    line: int | None
    event: StepEvent
    """line: a line has run. backward: gradients begin to flow back from it. node: they reach an operation or
    a leaf. skipped: `count` lines of a loop are left out here. error: the program stopped."""
    changed: Annotated[tuple[Change, ...], FIRST_WRONG] = ()
    made: Annotated[tuple[Id, ...], FIRST_WRONG] = ()
    """The nodes of the graph that this line computed."""
    node: Id | None = None
    """The node that gradients reach, if it is in the graph."""
    grad: Text | None = None
    """What arrives there; of a backward, the weights."""
    count: int | None = None
    backward: int | None = None
    """Which `backward()`, from 1."""
    printed: int | None = None
    """In the last step of a line: how many characters of `Derivation.printed` were there after it."""
