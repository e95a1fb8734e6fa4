"""torch's own record of a computation, read node by node: the operations, and what is known of each.

A mark lives in its operation's own `metadata`, and a tag in the ledger for as long as its tensor lives, so
that watching a program keeps no graph and no tensor alive that torch would have let go. Neither is an
attribute of a tensor, which the program could copy or save.
"""

import heapq
import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor
from torch.autograd.graph import Node, get_gradient_edge

from app.calculator.explain.figures import Figures, name_text
from app.calculator.explain.matrices import Matrix

KEY = "_playground"

Cut = Literal["detach", "no_grad", "copied", "gradient", "not_differentiable"]
"""Why a result is not tracked although an input was. copied: by `torch.tensor`, which takes the numbers only.
gradient: read from `.grad`. not_differentiable: the operation has no derivative, as `argmax`."""

Edge = tuple[Node, int]
"""An operation and which of its outputs."""

MAX_INPUTS = 64
"""Inputs of one operation that are followed: `torch.stack` may have thousands."""
MAX_NAMES = 4
"""Names kept of one tensor."""
CALLS_BITS = 20
"""Of the number of a call: those that tell it from the others of its statement."""
NOTHING: tuple[None, None] = (None, None)


@dataclass(slots=True)
class Tag:
    """What is known of a tensor that is no operation's result, as far as torch knows: a leaf, or untracked.

    number: its place among all that was seen. line, call: when it was first seen. part: what it is of what
    that call returned: the name of a parameter, or "". born: its version and value then, if that call made
    it. names: what the program called it.
    cuts: the numbers of the tracked tensors it was computed from without torch's knowing, and why.
    origins: the numbers of the leaves those were computed from.
    """

    number: int
    line: int
    call: int
    part: str = ""
    born: tuple[int, Figures] | None = None
    names: list[str] = field(default_factory=list)
    cuts: dict[int, Cut] = field(default_factory=dict)
    origins: dict[int, Cut] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operand:
    """An input of an operation that torch does not track: a number (no tag), or a tensor."""

    figures: Figures
    tag: Tag | None


@dataclass(slots=True)
class Mark:
    """What is known of an operation.

    number: its place among all that was seen. line, call: when it ran. operands: its inputs that are not
    tracked, in order. values: what it returned, by output. names: what the program called that.
    local: its derivatives, by output and input, once looked at.
    """

    number: int
    line: int
    call: int
    operands: tuple[Operand, ...] = ()
    values: dict[int, Figures] = field(default_factory=dict)
    names: dict[int, list[str]] = field(default_factory=dict)
    local: dict[tuple[int, int], Matrix] | None = None


class Ledger:
    """Numbers everything that is seen, and notes when.

    n_seen: operations and tensors so far. line, calls: the library call that is looked at, and its number:
    that of its statement, in the order they ran, and then its own among the statement's. It is the same in
    every run, whatever was watched before.
    """

    def __init__(self) -> None:
        self.n_seen = 0
        self.line = 0
        self.calls = 0
        self._tags: dict[int, tuple[Any, Tag]] = {}

    def begin(self, statement: int) -> None:
        """Number the calls that follow as those of another statement."""
        self.calls = statement << CALLS_BITS

    @property
    def called(self) -> bool:
        """Whether the statement that runs has called anything yet."""
        return self.calls % (1 << CALLS_BITS) > 0

    def tag(self, tensor: Tensor, part: str = "") -> Tag:
        """The tag of a leaf or an untracked tensor, made when it is first seen."""
        tag = self.known(tensor)
        if tag is None:
            self.n_seen += 1
            tag = Tag(self.n_seen, self.line, self.calls, part)
            key = id(tensor)
            self._tags[key] = weakref.ref(tensor, lambda _: self._tags.pop(key, None)), tag
        return tag

    def known(self, tensor: Tensor) -> Tag | None:
        """The tag of a leaf or an untracked tensor; None if it was not seen yet."""
        return self._tags.get(id(tensor), NOTHING)[1]

    def mark(self, node: Any, outer: Mark | None = None) -> Mark:
        """The mark of an operation, made when it is first seen.

        outer: the operation it was part of, where a library's call made several.
        """
        mark = mark_of(node)
        if mark is None:
            self.n_seen += 1
            line, call = (self.line, self.calls) if outer is None else (outer.line, outer.call)
            mark = node.metadata[KEY] = Mark(self.n_seen, line, call)
        return mark

    def number(self, tensor: Tensor) -> int:
        """The number of the operation that made a tensor, or its own if none did."""
        return self.tag(tensor).number if tensor.grad_fn is None else self.mark(tensor.grad_fn).number

    def name(self, tensor: Tensor, name: str) -> None:
        """Note what the program calls a tensor."""
        if tensor.grad_fn is None:
            known = self.tag(tensor).names
        else:
            known = self.mark(tensor.grad_fn).names.setdefault(tensor.output_nr, [])
        if name not in known and len(known) < MAX_NAMES:
            known.append(name_text(name))


def transforming() -> bool:
    """Whether this is inside `torch.func.vmap` or its like, where tensors are stand-ins without numbers."""
    return torch._C._functorch.peek_interpreter_stack() is not None


def mark_of(node: Any) -> Mark | None:
    """The mark of an operation; None if it was not seen yet."""
    mark: Mark | None = node.metadata.get(KEY)
    return mark


def is_leaf_node(node: Node) -> bool:
    """Whether the node stands for a leaf: it adds what arrives to `.grad`."""
    return type(node).__name__ == "AccumulateGrad"


def leaf_of(node: Any) -> Tensor:
    """The leaf that an AccumulateGrad node stands for."""
    leaf: Tensor = node.variable
    return leaf


def edge_of(tensor: Tensor) -> Edge:
    """Where gradients enter the graph when they flow back from a tracked tensor."""
    if tensor.grad_fn is not None:
        return tensor.grad_fn, tensor.output_nr
    edge = get_gradient_edge(tensor)
    return edge.node, edge.output_nr


def inputs_of(node: Any) -> tuple[tuple[Node | None, int], ...]:
    """Where an operation's tracked inputs come from, None for the others; not more than are followed."""
    found: tuple[tuple[Node | None, int], ...] = node.next_functions
    return found[:MAX_INPUTS]


def output_shape(node: Any, output: int) -> tuple[int, ...]:
    """The shape of what an operation returned."""
    return tuple(node._input_metadata[output].shape)  # what flows *in* when flowing backward


@dataclass(frozen=True, slots=True)
class Walk:
    """The newest operations below some roots, each before its inputs, and the leaves they lead to.

    beyond: the nodes next in line where the walk stopped at its limit.
    """

    operations: list[Node]
    leaves: list[Node]
    beyond: list[Node]


def walk(roots: Iterable[Node], limit: int) -> Walk:
    """Up to `limit` operations, newest first: an operation is always newer than its inputs."""
    seen: set[Node] = set()
    heap: list[tuple[int, int, Node]] = []
    leaves: list[Node] = []

    def push(node: Node) -> None:
        if node in seen:
            return
        seen.add(node)
        if is_leaf_node(node):
            leaves.append(node)
        else:
            heapq.heappush(heap, (-node._sequence_nr(), len(seen), node))

    for root in roots:
        push(root)
    operations: list[Node] = []
    while heap and len(operations) < limit:
        node = heapq.heappop(heap)[2]
        operations.append(node)
        for before, _ in inputs_of(node):
            if before is not None:
                push(before)
    return Walk(operations, leaves, [node for _, _, node in sorted(heap)])
