"""A run's whole life over REST, through all that it may meet on its way: no part forgets what another did."""

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest

from tests.server import Server
from tests.web.owner import Run

FORMULA: dict[str, Any] = {
    "seed": 4,
    "data": {"target": "torch.sin(3*x) + 0.1*torch.randn(x.size())", "n_samples": 40, "noise": 0.05},
    "model": {"hidden": [8, 4], "activation": "Tanh"},
    "optimizer": {"name": "Adam", "lr": 0.02},
    "scheduler": {"name": "StepLR", "step_size": 7},
    "batch_size": 6,
    "max_steps": 60,
}
POINTS = [[-0.9, 0.5], [-0.5, -0.2], [-0.2, 0.1], [0.1, 0.4], [0.4, -0.3], [0.6, 0.2], [0.8, 0.9], [1.2, 1.0]]


@pytest.fixture(autouse=True)
def _ready(server: Server) -> None:
    server.wait_until("engine", "sandbox")


def printed_by(*scripts: str) -> list[list[float]]:
    """The losses that each script prints, one after the other in a Python of their own."""
    program = "import sys, json\nfor script in json.load(sys.stdin): print('script'); exec(script, {})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(scripts), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    each = done.stdout.split("script\n")[1:]
    return [[float(line.split()[1]) for line in text.splitlines() if line[0].isdigit()] for text in each]


def forked(client: httpx.Client, path: str, step: int) -> tuple[str, dict[str, str]]:
    """Where the fork is, and the headers that allow changing it."""
    answer = client.post(f"{path}/fork", json={"step": step})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"], {"Authorization": f"Bearer {answer.json()['owner_token']}"}


def test_a_formulas_run_with_points_moved_is_forked_before_and_after_and_each_script_prints_its_losses(
    client: httpx.Client,
) -> None:
    run = Run(client, {**FORMULA, "data": {**FORMULA["data"], "test_fraction": 0.2, "scale_x": True}})
    run.step(9)
    run.patch({"data": {"points": POINTS}})
    run.step(8)
    run.patch({"data": {"scale_x": False}, "optimizer": {"lr": 0.05}})
    run.step(6)
    losses = run.losses()
    scripts, each = [client.get(f"{run.path}/script").text], [losses]
    for step in (5, 9, 12, 23):
        path, owner = forked(client, run.path, step)
        was, now = (client.get(f"{at}/snapshots/{step}").json() for at in (run.path, path))
        if step != 9:
            # There the original stood twice, with other points the second time.
            assert now == was
        assert client.get(f"{path}/losses").json()["losses"] == losses[:step]
        assert client.post(f"{path}/steps", json={"count": 20}, headers=owner).status_code == 200
        trained = client.get(f"{path}/losses").json()["losses"]
        scripts.append(client.get(f"{path}/script").text)
        each.append(trained)
        norms = client.get(f"{path}/norms").json()
        assert norms["steps"] == list(range(1, len(trained) + 1))
        assert all(value is not None for layer in norms["layers"].values() for value in layer["update"])
        client.delete(path, headers=owner)
    printed = printed_by(*scripts)
    assert [p[: len(t)] for p, t in zip(printed, each, strict=True)] == each


def test_a_script_brought_back_has_the_same_losses_with_its_formula_split_and_batches(
    client: httpx.Client,
) -> None:
    data: dict[str, Any] = {**FORMULA["data"], "test_fraction": 0.25}
    run = Run(client, {**FORMULA, "data": data})
    run.step(20)
    script = client.get(f"{run.path}/script").text
    made = client.post("/api/runs/from-script", json={"script": script}).json()
    assert made["config"]["batch_size"] == run.created["config"]["batch_size"]
    owner = {"Authorization": f"Bearer {made['owner_token']}"}
    client.post(f"/api/runs/{made['id']}/steps", json={"count": 20}, headers=owner)
    assert client.get(f"/api/runs/{made['id']}/losses").json()["losses"] == run.losses()


def test_compared_formulas_are_reset_forked_and_told_apart(client: httpx.Client) -> None:
    targets = ["torch.sin(3*x)", "torch.sin(3*x) + 0.1*torch.randn(x.size())"]
    made = client.post(
        "/api/comparisons",
        json={"config": FORMULA, "vary": [{"data": {"target": target}} for target in targets]},
    ).json()
    owner = {"Authorization": f"Bearer {made['owner_token']}"}
    paths = [f"/api/runs/{run['id']}" for run in made["runs"]]
    client.post(f"{paths[0]}/steps", json={"count": 10}, headers=owner)
    losses = [client.get(f"{path}/losses").json()["losses"] for path in paths]
    assert losses[0] != losses[1]
    for path, compared in zip(paths, losses, strict=True):
        fork, its_owner = forked(client, path, 6)
        assert client.get(f"{fork}/losses").json()["losses"] == compared[:6]
        assert client.post(f"{fork}/steps", json={"count": 4}, headers=its_owner).json()["step"] == 10
        assert client.get(f"{fork}/losses").json()["losses"] == pytest.approx(compared, rel=1e-5)
    client.post(f"{paths[1]}/reset", headers=owner)
    client.post(f"{paths[1]}/steps", json={"count": 10}, headers=owner)
    assert [client.get(f"{path}/losses").json()["losses"] for path in paths] == losses
    client.delete(f"/api/comparisons/{made['id']}", headers=owner)
