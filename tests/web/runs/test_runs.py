"""Runs over REST, as a script would use them."""

import httpx
import pytest

from tests.web.owner import Run


def test_a_run_made_of_nothing_is_the_lessons_run(client: httpx.Client) -> None:
    run = Run(client).created
    config = run["config"]
    assert (config["optimizer"]["name"], config["optimizer"]["lr"]) == ("SGD", 0.2)
    assert (config["model"]["hidden"], config["model"]["activation"]) == ([10], "ReLU")
    assert (config["data"]["n_samples"], config["loss"], config["max_steps"]) == (100, "MSELoss", 1000)
    assert all(config["loop"].values())
    assert (run["step"], run["status"]) == (0, "ready")


def test_a_run_can_be_made_without_a_body(client: httpx.Client) -> None:
    assert client.post("/api/runs").status_code == 201


def test_location_leads_to_the_run_and_never_tells_the_token(client: httpx.Client) -> None:
    run = Run(client)
    shown = client.get(run.path).json()
    assert shown == {key: value for key, value in run.created.items() if key != "owner_token"}


def test_steps_are_exactly_so_many_and_each_has_its_loss(client: httpx.Client) -> None:
    run = Run(client)
    snapshot = client.post(f"{run.path}/steps", json={"count": 7}, headers=run.owner).json()
    losses = client.get(f"{run.path}/losses").json()
    assert snapshot["step"] == 7
    assert losses["first_step"] == 1
    assert len(losses["losses"]) == 7
    assert losses["losses"][-1] == snapshot["loss"]
    assert client.get(f"{run.path}/losses?from=6").json() == {
        "first_step": 6,
        "losses": losses["losses"][5:],
    }


def test_a_new_learning_rate_keeps_the_weights(client: httpx.Client) -> None:
    run = Run(client)
    client.post(f"{run.path}/steps", json={"count": 5}, headers=run.owner)
    changed = client.patch(run.path, json={"optimizer": {"lr": 0.05}}, headers=run.owner).json()
    assert (changed["config"]["optimizer"]["lr"], changed["step"]) == (0.05, 5)


def test_a_patch_merges_and_null_brings_a_default_back(client: httpx.Client) -> None:
    run = Run(client, {"optimizer": {"lr": 0.5}, "stop_loss": 0.001})
    changed = client.patch(
        run.path,
        json={"stop_loss": None, "optimizer": None, "loop": {"zero_grad": False}},
        headers=run.owner,
    ).json()["config"]
    assert changed["stop_loss"] is None
    assert changed["optimizer"]["lr"] == 0.2
    assert [line for line, runs in changed["loop"].items() if not runs] == ["zero_grad"]


def test_a_patch_may_say_that_it_is_one(client: httpx.Client) -> None:
    run = Run(client)
    kind = {"Content-Type": "application/merge-patch+json", **run.owner}
    assert client.patch(run.path, content='{"max_steps": 5}', headers=kind).status_code == 200


def test_another_optimizer_starts_from_its_own_defaults_and_keeps_the_weights(client: httpx.Client) -> None:
    run = Run(client, {"optimizer": {"lr": 0.1, "momentum": 0.9}})
    before = run.step(3)["parameters"]
    for patch, lr in (
        ({"name": "Adam"}, 0.001),
        ({"name": "AdamW", "lr": 0.02}, 0.02),
        ({"name": "SGD"}, 0.2),
    ):
        answer = client.patch(run.path, json={"optimizer": patch}, headers=run.owner)
        assert answer.status_code == 200, answer.text
        optimizer = answer.json()["config"]["optimizer"]
        assert (optimizer["name"], optimizer["lr"]) == (patch["name"], lr)
        assert optimizer.get("momentum", 0.0) == 0.0
    assert run.state()["step"] == 3
    body = {"name": "hidden.bias", "index": [0], "value": before["hidden.bias"][0]}
    snapshot = client.post(f"{run.path}/parameters", json=body, headers=run.owner).json()
    assert snapshot["parameters"] == before


def test_reset_trains_the_same_losses_again(client: httpx.Client) -> None:
    run = Run(client)
    first = client.post(f"{run.path}/steps", json={"count": 3}, headers=run.owner).json()
    assert client.post(f"{run.path}/reset", headers=run.owner).json()["step"] == 0
    assert client.post(f"{run.path}/steps", json={"count": 3}, headers=run.owner).json() == first


def test_numbers_that_are_not_finite_travel_as_null(client: httpx.Client) -> None:
    run = Run(client, {"optimizer": {"lr": 1000}})
    answer = client.post(f"{run.path}/steps", json={"count": 100}, headers=run.owner)
    assert "NaN" not in answer.text
    assert "Infinity" not in answer.text
    assert answer.json()["diverged"] is True
    losses = client.get(f"{run.path}/losses").json()["losses"]
    assert losses[-1] is None or answer.json()["loss"] == losses[-1]


def test_a_deleted_run_is_gone(client: httpx.Client) -> None:
    run = Run(client)
    answer = client.delete(run.path, headers=run.owner)
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(run.path).status_code == 404
    assert client.delete(run.path, headers=run.owner).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/steps"), ("PATCH", ""), ("POST", "/reset"), ("DELETE", "")]
)
class TestOnlyTheOwnerChangesARun:
    def change(self, client: httpx.Client, method: str, path: str, run: Run, **owner: str) -> httpx.Response:
        body = {"count": 1} if path == "/steps" else {}
        return client.request(method, run.path + path, json=body, headers=owner)

    def test_without_a_token_it_is_401(self, client: httpx.Client, method: str, path: str) -> None:
        answer = self.change(client, method, path, Run(client))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "owner token" in answer.json()["detail"]

    def test_with_another_runs_token_it_is_403(self, client: httpx.Client, method: str, path: str) -> None:
        run, other = Run(client), Run(client)
        answer = self.change(client, method, path, run, **other.owner)
        assert answer.status_code == 403
        assert client.get(run.path).json()["step"] == 0

    def test_of_no_run_it_is_404(self, client: httpx.Client, method: str, path: str) -> None:
        run = Run(client)
        run.path = "/api/runs/no-such-run"
        answer = self.change(client, method, path, run, **run.owner)
        assert answer.status_code == 404
        assert answer.json()["detail"] == "There is no run no-such-run."
