"""Why an answer is the right one: the chain rule with its numbers, or what keeps a gradient away."""

from collections.abc import Mapping

from app.errors import N_
from app.protocol.exercises import Answer, Question
from app.protocol.gradients import Derivation

MOST_CHAINS = 8
MOST_GRADS = 12
"""Values of one `.grad` that are told, the last ones."""

CHAIN = N_("By the chain rule, from the output back to {name}: {chain}.")
ADDED = N_(
    "By the chain rule, from the output back to {name}: {chain}. backward() adds that to what is there:"
    " {name}.grad was {grads}."
)
SET_BACK = N_("{name}.grad was {grads}: the program set it back to None.")
WITHOUT_GRAD: Mapping[str, str] = {
    "untracked": N_("{name} has requires_grad=False: backward() leaves its .grad at None."),
    "none": N_("{name} is tracked, but no backward() has sent a gradient back to it."),
    "not_retained": N_("{name} is the result of an operation: torch keeps .grad only at leaves."),
}
STOPPED = N_("The program stops at line {line}: {message}")
NOTHING_PRINTED = N_("The program does not come past this line.")

Reason = tuple[str, dict[str, str | int | float | None]]
"""The template of a text and its fields."""


def chain_of(name: str | None, derivation: Derivation) -> list[str]:
    """The chain rule for one tensor, written out: one text per `backward()` and output."""
    if derivation.graph is None or name is None:
        return []
    nodes = {node.id for node in derivation.graph.nodes if name in (node.name, *node.names)}
    return [chain.text for chain in derivation.chain if chain.leaf in nodes and chain.text][:MOST_CHAINS]


def grads_of(name: str, derivation: Derivation) -> list[str]:
    """What the `.grad` of a tensor was, one after the other."""
    changes = [
        change
        for step in derivation.steps
        for change in step.changed
        if change.what == "grad" and change.name == name
    ]
    return [change.after or "None" for change in changes][-MOST_GRADS:]


def reason(question: Question, right: Answer, derivation: Derivation) -> Reason | None:
    """Why this is the answer; None where there is nothing to say."""
    error = derivation.error
    if (right.kind == "error" or question.about == "end") and error is not None:
        return STOPPED, {"line": error.line, "message": f"{error.type}: {error.message}"}
    if right.kind == "text" and not right.text:
        return NOTHING_PRINTED, {}
    return None if question.name is None else reason_of_grad(question.name, right, derivation)


def reason_of_grad(name: str, right: Answer, derivation: Derivation) -> Reason | None:
    """Why a tensor's `.grad` is what it is."""
    grads, chain = grads_of(name, derivation), chain_of(name, derivation)
    fields: dict[str, str | int | float | None] = {
        "name": name, "chain": "; ".join(chain), "grads": " → ".join(["None", *grads]),
    }  # fmt: skip
    if right.kind == "none":
        state = next((one.grad_state for one in derivation.variables if one.name == name), "")
        template = SET_BACK if grads else WITHOUT_GRAD.get(state)
        return None if template is None else (template, fields)
    if not chain:
        return None
    return (CHAIN if len(grads) < 2 else ADDED), fields
