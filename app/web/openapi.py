"""What `/openapi.json` says beyond the types: examples, and that refusals are problems."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.models import Example

from app.protocol.problems import Problem
from app.web.problems import KINDS, MEDIA_TYPE

PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}

CHAIN = """\
import torch
from torch.autograd import Variable

variable = Variable(torch.FloatTensor([1]), requires_grad=True)
v_1 = 3 * variable
v_2 = 4 * v_1
v_2.backward()
print(variable.grad)
"""

PROGRAM_EXAMPLES: dict[str, Example] = {
    "chain": {"summary": "A chain of two products", "value": {"program": CHAIN}},
    "error": {
        "summary": "backward() of a non-scalar",
        "value": {"program": "import torch\nx = torch.ones(3, requires_grad=True)\n(2 * x).backward()\n"},
    },
}

CONFIG_EXAMPLES: dict[str, Example] = {
    "lesson": {"summary": "The lesson's run: every field has its default", "value": {}},
    "no zero_grad": {
        "summary": "The same, forgetting zero_grad()",
        "value": {"loop": {"zero_grad": False}},
    },
    "wider": {
        "summary": "Two hidden layers and a smaller step",
        "value": {"model": {"hidden": [20, 20], "activation": "Tanh"}, "optimizer": {"lr": 0.05}},
    },
}

COMPARISON_EXAMPLES: dict[str, Example] = {
    "zero_grad": {
        "summary": "With zero_grad() and without",
        "value": {"vary": [{}, {"loop": {"zero_grad": False}}]},
    },
    "lr": {
        "summary": "Three learning rates",
        "value": {"vary": [{"optimizer": {"lr": lr}} for lr in (0.02, 0.2, 2.0)]},
    },
    "optimizers": {
        "summary": "Optimizers, each with its own defaults",
        "value": {"vary": [{"optimizer": {"name": name}} for name in ("SGD", "Adam", "RMSprop")]},
    },
}

PATCH_EXAMPLES: dict[str, Example] = {
    "lr": {"summary": "Another learning rate; the weights stay", "value": {"optimizer": {"lr": 0.05}}},
    "seed": {"summary": "Another seed; the run begins anew", "value": {"seed": 7}},
}

STEPS_EXAMPLES: dict[str, Example] = {"ten": {"summary": "Ten steps", "value": {"count": 10}}}

LINES_EXAMPLES: dict[str, Example] = {"one": {"summary": "The next line", "value": {}}}

EDIT_EXAMPLES: dict[str, Example] = {
    "bias": {
        "summary": "The bias of the first hidden unit",
        "value": {"name": "hidden.bias", "index": [0], "value": 0.5},
    }
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals an address can give, as FastAPI's `responses`."""
    return {status: {"model": Problem, "description": KINDS[status][1]} for status in statuses}


def install(app: FastAPI) -> None:
    """Make the application describe its refusals as the problems they are."""
    describe_types = app.openapi

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            for operation in operations(describe_types()):
                for status, response in operation["responses"].items():
                    if status >= "400" and response.get("content", {}).get("application/json") == PROBLEM:
                        response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
        return describe_types()

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every method of every address in an OpenAPI document."""
    return [operation for path in document["paths"].values() for operation in path.values()]
