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

LISTING = """\
import torch
import torch.nn.functional as F

x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
y = x.pow(2) + 0.2*torch.rand(x.size())

class Net(torch.nn.Module):
    def __init__(self, n_feature, n_hidden, n_output):
        super(Net, self).__init__()
        self.hidden = torch.nn.Linear(n_feature, n_hidden)
        self.predict = torch.nn.Linear(n_hidden, n_output)

    def forward(self, x):
        x = F.relu(self.hidden(x))
        return self.predict(x)

net = Net(n_feature=1, n_hidden=10, n_output=1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()

for t in range(1000):
    prediction = net(x)
    loss = loss_func(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""

SCRIPT_EXAMPLES: dict[str, Example] = {
    "lesson": {"summary": "A network and its training loop", "value": {"script": LISTING}}
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
