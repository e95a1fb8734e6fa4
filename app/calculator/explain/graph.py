"""The graph torch built, with the program's names and numbers on it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node

from app.calculator.explain.figures import Figures, listed, name_text
from app.calculator.explain.picture import FOLDED, Picture, Vertex
from app.calculator.explain.recording import Recording
from app.calculator.explain.tape import (
    MAX_NAMES,
    Mark,
    Tag,
    Walk,
    inputs_of,
    is_leaf_node,
    leaf_of,
    output_shape,
    walk,
)
from app.calculator.parameters import named_parameters
from app.protocol.record import Numbers

MAX_OPERATIONS = 40
"""Operations shown: the newest; older ones are folded into one box."""
MAX_OTHERS = 60
"""Leaves, untracked tensors and constants shown."""
MAX_COUNTED = 10_000
"""How far folded operations are counted."""
MAX_FOLDED_LEAVES = 12
NAMED = ("leaf", "operation", "untracked")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MAX_NAMED = 200
"""Named tensors looked at."""


def picture(recording: Recording, names: Mapping[str, Any]) -> Picture:
    """The graph of everything the program still holds or called `backward()` on.

    names: the program's variables at its end.
    """
    return _Painter(recording, names).paint()


class _Painter:
    def __init__(self, recording: Recording, names: Mapping[str, Any]) -> None:
        self.recording = recording
        self.ledger = recording.ledger
        self.tensors = list(islice(named_tensors(names), MAX_NAMED))
        self.names: dict[tuple[int, int], list[str]] = {}
        for name, tensor in self.tensors:
            output = 0 if tensor.grad_fn is None else tensor.output_nr
            self.names.setdefault((self.ledger.number(tensor), output), []).append(name)
        self.tags: dict[str, Tag] = {}
        self.picture = Picture()

    def paint(self) -> Picture:
        named = [tensor.grad_fn for _, tensor in self.tensors if tensor.grad_fn is not None]
        begun = [node for _, edges in self.recording.flows.last.values() for node, _ in edges]
        tape = walk(chain(begun, named), MAX_OPERATIONS)
        if tape.beyond:
            self._fold(tape)
        with torch.no_grad():
            for node in reversed(tape.operations):
                self.recording.survey.look(node)
        shown = set(tape.operations)
        for node in reversed(tape.operations):
            self._operation(node, shown)
        for node in begun:
            if is_leaf_node(node):
                self._leaf(leaf_of(node))
        for _, tensor in self.tensors:
            if tensor.is_leaf and tensor.requires_grad:
                self._leaf(tensor)
        self._cuts()
        self._number_flows()
        self._name_results()
        return self.picture

    def _operation(self, node: Node, shown: set[Node]) -> None:
        mark = self.ledger.mark(node)
        vertex = Vertex(
            f"n{mark.number}",
            "operation",
            type(node).__name__,
            mark.number,
            mark.call,
            line=mark.line,
            shape=output_shape(node, 0),
            value=joined(mark.values),
            value_numbers=single(mark.values),
            saved=self.recording.survey.saved(node),
        )
        outputs = range(max((0, *mark.values, *mark.names)) + 1)
        vertex.names = [name for k in outputs for name in self.names.get((mark.number, k), ())][:MAX_NAMES]
        once = [mark.names[k][-1] for k in outputs if mark.names.get(k)]
        vertex.name = vertex.names[0] if vertex.names else listed(once, ", ")
        sources = [
            (self._source(before, shown) if before is not None else None, output)
            for before, output in inputs_of(node)
        ]
        self.picture.whole &= len(node.next_functions) == len(sources)
        self.picture.vertices[vertex.id] = vertex
        for slot, (source, output) in enumerate(sources):
            if source == FOLDED and (FOLDED, output) in sources[:slot]:
                continue  # one line from there is enough
            if source is not None:
                local = {k: matrix for (k, place), matrix in (mark.local or {}).items() if place == slot}
                self.picture.join(source, vertex.id, "flow", slot=slot, output=output, local=local)
        self._operands(node, mark, vertex)

    def _source(self, node: Node, shown: set[Node]) -> str | None:
        if is_leaf_node(node):
            return self._leaf(leaf_of(node))
        return f"n{self.ledger.mark(node).number}" if node in shown else FOLDED

    def _operands(self, node: Node, mark: Mark, vertex: Vertex) -> None:
        """The inputs that are not tracked. torch keeps a place for most of them, in their order."""
        open_slots = [slot for slot, (before, _) in enumerate(inputs_of(node)) if before is None]
        extra = len(mark.operands) - len(open_slots)
        for place, operand in enumerate(mark.operands):
            slot = open_slots[place - extra] if place >= extra else None
            if operand.tag is None:
                id_ = f"c{mark.number}_{place}"
                if self._room():
                    text = operand.figures.text
                    constant = Vertex(
                        id_, "constant", text, call=mark.call, value=text, line=mark.line, symbol=text,
                        value_numbers=operand.figures.single,
                    )  # fmt: skip
                    self.picture.vertices[id_] = constant
                    self.picture.join(id_, vertex.id, "constant", slot=slot)
            elif (source := self._untracked(operand.tag, operand.figures)) is not None:
                self.picture.join(source, vertex.id, "constant", slot=slot)

    def _leaf(self, leaf: Tensor) -> str | None:
        tag = self.ledger.tag(leaf)
        passes = (flow for flow, _ in self.recording.flows.last.values())
        values = [flow.values[tag.number] for flow in passes if tag.number in flow.values]
        return self._tensor(tag, "AccumulateGrad", values[-1] if values else Figures.of(leaf))

    def _untracked(self, tag: Tag, figures: Figures) -> str | None:
        return self._tensor(tag, "", figures)

    def _tensor(self, tag: Tag, label: str, figures: Figures) -> str | None:
        """The box of a tensor that no operation made; None where there is no more room."""
        id_ = f"n{tag.number}"
        if id_ in self.picture.vertices:
            return id_
        if not self._room():
            self.picture.whole = False
            return None
        names = self.names.get((tag.number, 0), [])[:MAX_NAMES]
        name = next(iter(names or tag.names), None)
        vertex = Vertex(
            id_, "leaf" if label else "untracked", label, tag.number, tag.call, tag.part,
            line=tag.line or None, shape=figures.shape, names=names, name=name, value=figures.text,
            value_numbers=figures.single,
        )  # fmt: skip
        self.picture.vertices[id_] = vertex
        self.tags[id_] = tag
        return id_

    def _cuts(self) -> None:
        """Where tracked values went on untracked: into tensors that are shown, or that the program named."""
        vertices = self.picture.vertices
        for _, tensor in self.tensors:
            if tensor.grad_fn is None:
                tag = self.ledger.tag(tensor)
                if any(f"n{number}" in vertices for number in (*tag.cuts, *tag.origins)):
                    self._untracked(tag, Figures.of(tensor))
        for id_, tag in self.tags.items():
            sources = tag.cuts if any(f"n{number}" in vertices for number in tag.cuts) else tag.origins
            for number, reason in sources.items():
                if f"n{number}" in vertices and number < tag.number:
                    vertices[id_].cut = reason
                    self.picture.join(f"n{number}", id_, "cut")

    def _room(self) -> bool:
        others = [vertex for vertex in self.picture.vertices.values() if vertex.kind != "operation"]
        return len(others) < MAX_OTHERS

    def _fold(self, tape: Walk) -> None:
        """One box for all that is older than what is shown."""
        hidden = walk(tape.beyond, MAX_COUNTED)
        leaves = [self._leaf(leaf_of(node)) for node in hidden.leaves[:MAX_FOLDED_LEAVES]]
        self.picture.whole = False
        self.picture.vertices[FOLDED] = Vertex(
            FOLDED, "folded", "…", count=len(hidden.operations), symbol="…"
        )
        for leaf in leaves:
            if leaf is not None:
                self.picture.join(leaf, FOLDED, "flow")

    def _number_flows(self) -> None:
        """What arrived in the last backward pass that came by, and where the passes began."""
        arrived: dict[int, tuple[Figures | None, ...]] = {}
        for flow, _ in self.recording.flows.last.values():
            arrived.update(flow.flows)
            for number, _ in flow.roots:
                if f"n{number}" in self.picture.vertices:
                    self.picture.vertices[f"n{number}"].output = True
        for vertex in self.picture.vertices.values():
            if vertex.number in arrived:
                gradients = dict(enumerate(arrived[vertex.number]))
                vertex.grad, vertex.grad_numbers = joined(gradients), single(gradients)

    def _name_results(self) -> None:
        """A symbol for every tensor, used once: its name, or u1, u2, ...

        In a loop one name stands for many results: the last of them keeps it, those before are h₁, h₂, ...
        """
        tensors = [vertex for vertex in self.picture.vertices.values() if vertex.kind in NAMED]
        uses = Counter(vertex.name for vertex in tensors)
        seen: Counter[str | None] = Counter()
        for vertex in tensors:
            seen[vertex.name] += 1
            if vertex.name is None:
                vertex.symbol = f"u{seen[None]}"
            elif seen[vertex.name] == uses[vertex.name]:
                vertex.symbol = vertex.name
            else:
                vertex.symbol = vertex.name + str(seen[vertex.name]).translate(SUBSCRIPTS)


def named_tensors(names: Mapping[str, Any]) -> Iterator[tuple[str, Tensor]]:
    """The program's tensors, those in its lists and dicts, and the parameters of its models."""
    for name, value in names.items():
        if isinstance(value, Tensor):
            yield name_text(name), value
        elif isinstance(value, nn.Module):
            for path, parameter in named_parameters(value, name):
                yield name_text(path), parameter
        elif type(value) in (list, tuple):
            yield from (
                (name_text(f"{name}[{k}]"), item)
                for k, item in enumerate(islice(value, MAX_NAMED))
                if isinstance(item, Tensor)
            )
        elif type(value) is dict:
            yield from (
                (name_text(f"{name}[{key!r}]"), item)
                for key, item in islice(value.items(), MAX_NAMED)
                if isinstance(item, Tensor) and isinstance(key, str | int)
            )


def joined(parts: Mapping[int, Figures | None]) -> str | None:
    """The numbers of all outputs of an operation in one text."""
    return listed((figures.text for _, figures in sorted(parts.items()) if figures is not None), "; ")


def single(parts: Mapping[int, Figures | None]) -> Numbers:
    """The number of an operation whose one output, or one with anything, is one number; else None."""
    known = [figures for figures in parts.values() if figures is not None]
    return known[0].single if len(known) == 1 else None
