"""Scripts over REST: written for settings, and made into runs."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from app.protocol.scripts import Observation, Reason
from app.web.edge.openapi import LISTING
from tests.script.listings import LESSON
from tests.server import Server, wait_for
from tests.web.owner import Run

OWN_PRODUCT = """
import torch
x = torch.FloatTensor([[1], [2], [3]])
w, b = (torch.zeros(1, requires_grad=True) for _ in range(2))
optimizer = torch.optim.SGD([w, b], lr=0.01)
for t in range(100):
    loss = torch.mean((x * w + b - x) ** 2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.fixture(autouse=True)
def ready(server: Server) -> None:
    """Scripts wait for nothing."""
    server.wait_until("engine", "sandbox")


def test_a_script_is_written_without_a_run(client: httpx.Client) -> None:
    config = {"model": {"hidden": [4]}, "loop": {"zero_grad": False}}
    made = client.post("/api/scripts", json=config).json()
    assert made["script"] == client.get(f"{Run(client, config).path}/script").text
    assert made["script"].splitlines()[made["lines"]["zero_grad"] - 1].strip() == "# optimizer.zero_grad()"


def test_a_script_makes_the_run_it_is(client: httpx.Client) -> None:
    answer = client.post("/api/runs/from-script", json={"script": LESSON})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"/api/runs/{made['id']}"
    assert (made["step"], made["status"], made["proven"]) == (0, "ready", 20)
    config = Run(client).created["config"]
    assert made["config"] == {
        **config,
        "data": {**config["data"], "target": "x.pow(2) + 0.2 * torch.rand(x.size())"},
    }
    assert [(note["line"], "seed" in note["message"]) for note in made["notes"]] == [(None, True)]
    owner = {"Authorization": f"Bearer {made['owner_token']}"}
    assert client.post(f"/api/runs/{made['id']}/steps", json={"count": 3}, headers=owner).json()["step"] == 3


def test_a_script_is_the_same_run_beside_others_like_it(server: Server, client: httpx.Client) -> None:
    """Runs that play together add in another order than a script."""
    others = [Run(client, {"seed": seed, "max_steps": 100_000}) for seed in (1, 2)]
    with ThreadPoolExecutor(2) as pool, server.client() as second:
        playing = [
            pool.submit(second.post, f"{other.path}/steps", json={"count": 100_000}, headers=other.owner)
            for other in others
        ]
        wait_for(lambda: all(other.losses() for other in others))
        answer = client.post("/api/scripts/read", json={"script": LESSON})
        still = [other.state()["status"] for other in others]
        for other in others:
            client.delete(other.path, headers=other.owner)
        assert [answer.status_code, still] == [200, ["playing", "playing"]], answer.text
        assert all(request.result().status_code == 404 for request in playing)


def test_a_script_is_read_without_a_run(client: httpx.Client) -> None:
    answer = client.post("/api/scripts/read", json={"script": LISTING}, headers={"Accept-Language": "zh"})
    assert answer.status_code == 200, answer.text
    assert "location" not in answer.headers
    read = answer.json()
    assert read["config"] == Run(client).created["config"]
    [note] = read["notes"]
    assert "种子" in note["message"]


def refused(client: httpx.Client, script: str, language: str = "en") -> list[dict[str, Any]]:
    answer = client.post(
        "/api/runs/from-script", json={"script": script}, headers={"Accept-Language": language}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    errors: list[dict[str, Any]] = answer.json()["errors"]
    assert {error["field"] for error in errors} == {"script"}
    return errors


def test_a_script_that_is_no_run_is_told_all_reasons(client: httpx.Client) -> None:
    script = LESSON.replace("F.relu", "F.dropout").replace("torch.optim.SGD", "torch.optim.Adadelta")
    script = script.replace("    loss.backward()", "    (3 * loss).backward()")
    assert [(error["line"], error["message"].split(".")[0]) for error in refused(client, script)] == [
        (33, "The loss is more than mse_loss() of the prediction and y: a run has nothing added"),
        (17, "A run's network is Linear layers one after the other, with one activation between them"),
        (24, "A run has no optimizer Adadelta; it has SGD, Adam, AdamW, RMSprop or Adagrad"),
    ]
    assert all(ord(error["message"][0]) > 0x4E00 for error in refused(client, script, "zh"))


def test_values_that_no_run_may_have_are_refused(client: httpx.Client) -> None:
    script = LESSON.replace("lr=0.2", "lr=2000.0").replace("n_hidden=10", "n_hidden=100")
    script = script.replace("loss.backward()", "loss.backward(); net.predict.bias.grad.clamp_(-1, 1)")
    assert [error["message"] for error in refused(client, script)] == [
        "Between backward() and the optimizer's step the gradients are changed, for example clipped."
        " A run takes them as they are.",
        "model.hidden[0]: 100 is not allowed; it must be at most 64",
        "optimizer.lr: 2000.0 is not allowed; it must be at most 1000.0",
    ]
    assert "不能大于" in refused(client, script, "zh")[1]["message"]


def test_a_script_whose_losses_are_others_is_no_run(client: httpx.Client) -> None:
    """Nothing that torch does tells that the data were changed through NumPy."""
    [error] = refused(client, OWN_PRODUCT + "    x.numpy()[t % 3] += 0.1\n")
    assert "from step 1 on they differ" in error["message"]


def test_a_script_that_never_ends_is_no_run(client: httpx.Client) -> None:
    [error] = refused(client, "while True:\n    pass")
    assert "takes too long" in error["message"]


def test_what_the_sandbox_tells_is_not_trusted(client: httpx.Client) -> None:
    forged = Observation(
        settings={},
        losses=[1.0],
        notes=[Reason(topic="no_such"), Reason(topic="no_end"), Reason(topic="no_seed")],
    )
    lies = f"""
import os, struct
reply = {forged.model_dump_json()!r}.encode()
for descriptor in range(64):
    try:
        os.write(descriptor, struct.pack("<II", len(reply), 0) + reply)
    except OSError:
        pass
os._exit(0)
"""
    [error] = refused(client, lies)
    assert error["message"].startswith("The losses of a run with these settings are not the script's")


def test_a_script_that_breaks_torch_breaks_nothing_else(client: httpx.Client) -> None:
    broken = "import torch\ntorch.equal = torch.allclose = torch.Tensor.numel = None\n"
    assert refused(client, LESSON.replace("import torch\n", broken, 1))
    assert client.post("/api/scripts/read", json={"script": LESSON}).status_code == 200


@pytest.mark.parametrize("body", [{"script": "x" * 65537}, {"script": 3}, {}, {"script": "", "run": True}])
def test_a_body_that_is_none_is_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    assert client.post("/api/scripts/read", json=body).status_code == 422
    assert client.post("/api/runs/from-script", json=body).status_code == 422
