"""Earlier steps and forks over REST."""

import httpx
import pytest

from app.protocol.lookback import MAX_SNAPSHOTS
from app.protocol.runs import ParameterInfo
from app.protocol.snapshots import PackedSnapshot
from app.settings import Settings
from tests.web.owner import Run


def test_every_step_taken_can_be_seen_again_by_anyone(client: httpx.Client) -> None:
    run = Run(client, {"optimizer": {"name": "Adam"}})
    seen = [run.step(1), run.step(1), run.step(5)]
    for snapshot in seen:
        assert client.get(f"{run.path}/snapshots/{snapshot['step']}").json() == snapshot
    first = client.get(f"{run.path}/snapshots/0").json()
    assert (first["loss"], first["gradients"]["hidden.bias"]) == (None, None)


@pytest.mark.parametrize(("step", "status"), [("8", 404), ("-1", 422), ("x", 422), ("100001", 422)])
def test_a_step_that_was_not_taken_is_a_problem(client: httpx.Client, step: str, status: int) -> None:
    run = Run(client)
    run.step(7)
    answer = client.get(f"{run.path}/snapshots/{step}")
    assert answer.status_code == status
    if status == 404:
        assert answer.json()["detail"] == "The run has not taken step 8; it is at step 7."
        refused = client.post(f"{run.path}/fork", json={"step": 8})
        assert (refused.status_code, refused.json()["detail"]) == (404, answer.json()["detail"])


def test_many_steps_in_one_answer_as_json_and_in_binary(client: httpx.Client) -> None:
    run = Run(client)
    run.step(300)
    path = f"{run.path}/snapshots"
    answer = client.get(path, params={"from": 100, "to": 200, "count": 5}).json()["snapshots"]
    assert [snapshot["step"] for snapshot in answer] == [100, 125, 150, 175, 200]
    assert answer[1] == client.get(f"{path}/125").json()
    everything = client.get(path, params={"format": "binary"})
    assert everything.headers["content-type"] == "application/octet-stream"
    packed = PackedSnapshot.each(everything.content)
    assert (len(packed), packed[0].step, packed[-1].step) == (MAX_SNAPSHOTS, 0, 300)
    shapes = {"hidden.weight": (10, 1), "hidden.bias": (10,), "predict.weight": (1, 10), "predict.bias": (1,)}
    parameters = [ParameterInfo(name=name, shape=shape) for name, shape in shapes.items()]
    last = packed[-1].unpack(parameters).model_dump(mode="json")
    assert last == client.get(f"{path}/300").json()


@pytest.mark.parametrize("query", ["count=0", "count=257", "from=-1", "format=xml", "every=3"])
def test_a_question_that_makes_no_sense_is_refused(client: httpx.Client, query: str) -> None:
    answer = client.get(f"{Run(client).path}/snapshots?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_norms_have_a_number_for_each_step_and_layer(client: httpx.Client) -> None:
    run = Run(client, {"model": {"hidden": [4, 3]}})
    run.step(6)
    norms = client.get(f"{run.path}/norms", params={"from": 4}).json()
    assert norms["steps"] == [4, 5, 6]
    assert list(norms["layers"]) == ["hidden1", "hidden2", "predict"]
    assert all(norm > 0 for layer in norms["layers"].values() for norm in layer["gradient"] + layer["update"])
    assert client.get(f"{run.path}/norms", params={"from": 7}).json()["steps"] == []


def test_without_a_gradient_its_norm_is_null(client: httpx.Client) -> None:
    run = Run(client, {"loop": {"backward": False}})
    run.step(2)
    layer = client.get(f"{run.path}/norms").json()["layers"]["predict"]
    assert layer == {"gradient": [None, None], "update": [0.0, 0.0]}


def test_a_fork_goes_on_as_the_original_did_and_is_its_makers_own(client: httpx.Client) -> None:
    config = {"optimizer": {"name": "Adam", "lr": 0.02}, "batch_size": 30}
    run = Run(client, config)
    run.step(40)
    client.patch(run.path, json={"optimizer": {"lr": 0.01}}, headers=run.owner)
    run.step(40)
    answer = client.post(f"{run.path}/fork", json={"step": 30})
    assert answer.status_code == 201
    fork = answer.json()
    path = answer.headers["location"]
    assert path == f"/api/runs/{fork['id']}" != run.path
    assert (fork["step"], fork["status"], fork["config"]) == (30, "paused", run.created["config"])
    assert client.get(f"{path}/losses").json()["losses"] == run.losses()[:30]
    snapshot = client.get(f"{run.path}/snapshots/30").json()
    assert client.get(f"{path}/snapshots/30").json() == snapshot
    body = {"count": 10}
    assert client.post(f"{path}/steps", json=body, headers=run.owner).status_code == 403
    owner = {"Authorization": f"Bearer {fork['owner_token']}"}
    stepped = client.post(f"{path}/steps", json=body, headers=owner).json()
    assert stepped == {**client.get(f"{run.path}/snapshots/40").json(), "lr": 0.02}
    assert run.state()["step"] == 80


def test_a_fork_is_one_of_the_runs_that_one_may_hold(client: httpx.Client) -> None:
    client.cookies.set("session", "f" * 22)
    runs = [Run(client, {"max_steps": 1}) for _ in range(Settings().max_runs_per_client)]
    refused = client.post(f"{runs[0].path}/fork", json={"step": 0})
    assert (refused.status_code, refused.json()["title"]) == (429, "Too many requests")
    runs.pop().delete()
    assert client.post(f"{runs[0].path}/fork", json={"step": 0}).status_code == 201
    for run in runs:
        run.delete()


def test_of_no_run_there_is_no_history(client: httpx.Client) -> None:
    for path in ("snapshots", "snapshots/0", "norms"):
        assert client.get(f"/api/runs/nobody/{path}").status_code == 404
    assert client.post("/api/runs/nobody/fork", json={"step": 0}).status_code == 404
