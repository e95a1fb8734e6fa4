"""Additions to `/openapi.json` beyond the types: examples, and the problems of refusals."""

import asyncio
import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.models import Example
from starlette.responses import Response

from app.protocol.problems import Problem
from app.web.edge.problems import KINDS, MEDIA_TYPE

PATH = "/openapi.json"
ANSWERS = Path(__file__).with_name("examples.json")
"""The server's own answers, by method and path: written by `python -m tests.docs.refresh`."""
PARAMETERS = {
    "run_id": "The run's `id`, from the answer that made it.",
    "comparison_id": "The comparison's `id`, from the answer that made it.",
    "program_id": "The program's `id`, from the stream's `started`.",
    "lesson": "The lesson's `id`, from `GET /api/lessons`.",
    "step": "Number of steps taken; 0 is the beginning.",
    "from": "The first step to return.",
    "to": "The last step to return.",
    "count": "The most steps to return.",
    "format": "The form of the answer.",
    "kind": "What it trains, of those that `GET /api/drills` tells.",
}
"""Descriptions of parameters whose routes have none."""
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

SHEET_EXAMPLES: dict[str, Example] = {
    "chain": {
        "summary": "One right answer, one wrong",
        "value": {
            "program": "import torch\nx = torch.tensor(3., requires_grad=True)\nw = torch.tensor(2.)\n"
            "(w * x).backward()\n",
            "given": [
                {
                    "question": {"id": "grad x", "about": "grad", "name": "x", "answers": ["number"]},
                    "answer": {"kind": "number", "numbers": 2},
                },
                {
                    "question": {"id": "grad w", "about": "grad", "name": "w", "answers": ["number", "none"]},
                    "answer": {"kind": "number", "numbers": 3},
                },
            ],
        },
    }
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
    "points": {
        "summary": "Other points; the weights stay",
        "value": {"data": {"points": [[-1, 0.9], [0, 0.1], [1, 1.2]]}},
    },
    "seed": {"summary": "Another seed; the run begins anew", "value": {"seed": 7}},
}

TABLE_EXAMPLES: dict[str, Example] = {
    "spreadsheet": {
        "summary": "As a spreadsheet copies it, with decimal commas",
        "value": {"csv": "x\ty\n-1,0\t0,9\n0,5\t0,3\n"},
    }
}

ROOM_EXAMPLES: dict[str, Example] = {
    "code": {"summary": "A room that shows its code", "value": {}},
    "own names": {"summary": "One in which members choose their names", "value": {"names": "own"}},
}

ASK_EXAMPLES: dict[str, Example] = {
    "grad": {
        "summary": "What a gradient will be",
        "value": {
            "about": {
                "kind": "program",
                "program": CHAIN,
                "question": {
                    "id": "grad variable",
                    "about": "grad",
                    "name": "variable",
                    "answers": ["number", "none", "error"],
                },
            }
        },
    },
    "winner": {
        "summary": "Which learning rate wins",
        "value": {
            "about": {
                "kind": "winner",
                "trial": {"vary": [{"optimizer": {"lr": lr}} for lr in (0.02, 0.2)], "steps": 100},
            }
        },
    },
    "poll": {
        "summary": "What people think",
        "value": {
            "text": "Is it clear?",
            "about": {"kind": "poll", "choices": ["yes", "no"]},
        },
    },
}

ANSWER_EXAMPLES: dict[str, Example] = {
    "number": {"summary": "A number", "value": {"kind": "number", "numbers": [12]}},
    "choice": {"summary": "The second choice", "value": {"kind": "choice", "choice": 1}},
}

ROOM_CHANGE_EXAMPLES: dict[str, Example] = {
    "pause": {"summary": "Eyes up", "value": {"paused": True}},
    "lock": {"summary": "Whoever joins now waits", "value": {"locked": True}},
    "program": {
        "summary": "Show a program",
        "value": {"screen": {"kind": "program", "program": CHAIN}},
    },
}

EXPERIMENT_EXAMPLES: dict[str, Example] = {
    "seeds": {"summary": "A seed for each", "value": {"vary": "seed"}},
    "rates": {
        "summary": "A learning rate for each",
        "value": {"vary": "lr", "low": 0.01, "high": 1.0, "config": {"max_steps": 300}},
    },
}

STEPS_EXAMPLES: dict[str, Example] = {"ten": {"summary": "Ten steps", "value": {"count": 10}}}

LINES_EXAMPLES: dict[str, Example] = {"one": {"summary": "The next line", "value": {}}}

FORK_EXAMPLES: dict[str, Example] = {"step": {"summary": "From step 100 on", "value": {"step": 100}}}

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
    """FastAPI's `responses` for the refusals that a route can give."""
    return {status: {"model": Problem, "description": KINDS[status][1]} for status in statuses}


def install(app: FastAPI) -> None:
    """Serve the description, with examples of the application's answers and its refusals as problems."""
    describe_types = app.openapi

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            answers = json.loads(ANSWERS.read_text(encoding="utf-8"))
            for name, operation in operations(describe_types()).items():
                for parameter in operation.get("parameters", ()):
                    if "description" not in parameter:
                        parameter["description"] = PARAMETERS[parameter["name"]]
                for status, response in operation["responses"].items():
                    complete(response, status, answers.get(name))
        return describe_types()

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    written: list[bytes] = []

    @app.get(PATH, include_in_schema=False)
    async def show() -> Response:
        if not written:
            # It takes half a second.
            written.append(await asyncio.to_thread(lambda: json.dumps(app.openapi()).encode()))
        return Response(written[0], media_type="application/json")


def complete(response: dict[str, Any], status: str, answer: Any) -> None:
    """Add the example of an answer, or the media type of a problem."""
    content = response.get("content", {})
    if status < "300" and answer is not None:
        content["application/json"]["example"] = answer
    elif status >= "400" and content.get("application/json") == PROBLEM:
        response["content"] = {MEDIA_TYPE: content.pop("application/json")}


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation of an OpenAPI document, by method and path, such as "GET /healthz"."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
