"""Data of runs over REST and sockets: formulas, points by hand and from tables, splits, shapes."""

from typing import Any

import httpx
import pytest

from tests.server import Server
from tests.web.owner import Run
from tests.web.sockets import following

POINTS = [[0.5, 0.4], [-1.0, 0.9], [0.1, 0.0], [0.8, 0.7], [-0.3, 0.2]]


@pytest.fixture(scope="module", autouse=True)
def _sandbox(server: Server) -> None:
    server.wait_until("sandbox")


def refused(answer: httpx.Response) -> tuple[str, str]:
    """Field and message of the only thing that is wrong."""
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    return error["field"], error["message"]


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"target": 3}, "data.target", "it must be one of parabola, line, cubic, "),
        ({"target": ""}, "data.target", "or a formula in x on one line, of up to 200 characters"),
        ({"target": "x" * 201}, "data.target", "it must be one of parabola"),
        ({"target": "x\n+1"}, "data.target", "it must be one of parabola"),
        ({"target": "x + y"}, "data.target", "NameError: name 'y' is not defined"),
        (
            {"target": "x + torch.ones(7)"},
            "data.target",
            "RuntimeError: The size of tensor a (100)",
        ),
        ({"target": "0.5"}, "data.target", "not a tensor. Write it with x: 0*x + 0.5."),
        ({"target": "torch.log(x)"}, "data.target", "The formula gives no number for 50 of 100 points"),
        ({"target": "open('/etc/passwd')"}, "data.target", "A program has no files here"),
        ({"target": "9**9**9 * x"}, "data.target", ""),
        ({"points": []}, "data.points", "0 values are too few; at least 2 are required"),
        ({"points": [[1, 2]]}, "data.points", "1 value is too few; at least 2 are required"),
        ({"points": [[1, 2]] * 1001}, "data.points", "at most 1000 are allowed"),
        ({"points": [[1, 2], [3, 4], [1]]}, "data.points[2]", "a point with 1 input is 2 numbers, not 1"),
        ({"target": "xor", "classes": 3}, "data.classes", "xor has 2 classes"),
        (
            {"features": 2, "classes": 2, "points": [[1, 2, 0], [3, 4, 0.5]]},
            "data.points[1]",
            "0.5 is no class; with 2 classes they are 0 to 1",
        ),
        ({"features": 2, "target": "parabola"}, "data.target", "parabola has another number of inputs"),
        ({"features": 2, "classes": 2, "target": "x1"}, "data.target", "a formula gives true or false"),
        ({"features": 2, "target": "x"}, "data.target", "y needs one number for each point, [100]"),
        ({"points": [[1, 2], [3, 4], [1, "2"]]}, "data.points[2][1]", "it must be a finite number"),
        ({"points": [[1, 2], [3, 4], [1e7, 2]]}, "data.points[2][0]", "it must be at most 1000000"),
        ({"points": [[1, 2], [1, 3]], "scale_x": True}, "data.scale_x", "All x are equal"),
        ({"points": POINTS, "test_fraction": 0.9}, "data.test_fraction", "1 point is left to learn from"),
        ({"target": "gap", "x_min": -0.1, "x_max": 0.1}, "data.n_samples", "0 points are left to learn from"),
        ({"test_fraction": 0.95}, "data.test_fraction", "it must be at most 0.9"),
        ({"noise": -1}, "data.noise", "it must be at least 0"),
    ],
)
def test_data_that_is_not_allowed_says_why(
    client: httpx.Client, data: dict[str, Any], field: str, message: str
) -> None:
    told_field, told = refused(client.post("/api/runs", json={"data": data}))
    assert told_field == field
    assert message in told


@pytest.mark.parametrize(
    ("config", "n"),
    [
        ({"batch_size": 81, "data": {"test_fraction": 0.2}}, 80),
        ({"batch_size": 6, "data": {"points": POINTS}}, 5),
        ({"batch_size": 80, "data": {"target": "gap"}}, 60),
    ],
)
def test_a_batch_is_of_points_to_learn_from(client: httpx.Client, config: dict[str, Any], n: int) -> None:
    field, message = refused(client.post("/api/runs", json=config))
    assert (field, message.rpartition(" ")[2]) == ("batch_size", f"({n})")


def test_what_a_formula_fails_with_is_explained_in_the_readers_language(client: httpx.Client) -> None:
    torchs, ours = (
        refused(client.post("/api/runs?lang=zh", json={"data": {"target": target}}))[1]
        for target in ("x + torch.ones(7)", "x > 0")
    )
    assert torchs.startswith("RuntimeError: The size of tensor a (100) must match the size of tensor b (7)")
    assert "维" in torchs
    assert "torch.bool" in ours
    assert "公式" in ours


def test_a_formula_is_evaluated_once_and_its_run_can_be_changed_and_reset(client: httpx.Client) -> None:
    run = Run(client, {"data": {"target": "torch.sin(x) + torch.randn(x.size())", "test_fraction": 0.2}})
    first = run.step(5)
    assert first["test_loss"] is not None
    answer = client.patch(run.path, json={"optimizer": {"lr": 0.1}}, headers=run.owner)
    assert answer.json()["step"] == 5
    run.step(5)
    client.patch(run.path, json={"optimizer": {"lr": 0.2}}, headers=run.owner)
    client.post(f"{run.path}/reset", headers=run.owner)
    assert run.step(5) == first
    anew = client.patch(run.path, json={"data": {"target": "torch.cos(x)"}}, headers=run.owner).json()
    assert (anew["step"], anew["status"]) == (0, "ready")
    assert run.step(5)["loss"] != first["loss"]


async def test_points_changed_in_training_keep_the_weights_and_reach_every_viewer(
    server: Server, client: httpx.Client
) -> None:
    run = Run(client, {"data": {"target": "torch.sin(3*x)"}, "max_steps": 300})
    async with following(server, run, owner=True) as owner, following(server, run) as viewer:
        started = (await owner.hear_until("started"))[-1]
        assert len(started["x"]) == 100
        await owner.say("play", steps_per_second=200)
        heard = await owner.hear_until("snapshot")
        await owner.say("update", config={"data": {"points": POINTS}})
        for stream in (owner, viewer):
            heard = await stream.hear_until("finished")
            (updated,) = [message for message in heard if message["type"] == "updated"]
            assert [
                list(pair) for pair in zip(updated["points"]["x"], updated["points"]["y"], strict=True)
            ] == [pytest.approx(point) for point in POINTS]
            assert updated["config"]["data"]["points"] == POINTS
            assert "started" not in [message["type"] for message in heard[heard.index(updated) :]]
            sizes = {
                (i > heard.index(updated), len(message["prediction"]))
                for i, message in enumerate(heard)
                if message["type"] == "snapshot"
            }
            assert sizes <= {(False, 100), (True, 5)}
            assert (True, 5) in sizes
    assert len(run.losses()) == 300


async def test_a_split_tells_which_points_are_held_out_and_their_loss(
    server: Server, client: httpx.Client
) -> None:
    run = Run(client, {"data": {"test_fraction": 0.3}})
    async with following(server, run) as stream:
        started, snapshot = await stream.hear(), await stream.hear()
    assert (len(started["x"]), len(started["test_x"]), len(snapshot["prediction"])) == (70, 30, 70)
    assert snapshot["test_loss"] > 0
    assert set(started["x"]).isdisjoint(started["test_x"])


def test_x_left_flat_is_a_run_that_torch_refuses_to_step(client: httpx.Client) -> None:
    run = Run(client, {"data": {"unsqueeze_x": False}})
    snapshot = run.step(1)
    state = run.state()
    assert (state["status"], state["step"]) == ("failed", 0)
    assert state["error"] == "mat1 and mat2 shapes cannot be multiplied (1x100 and 1x10)"
    assert snapshot["prediction"] == [None] * 100
    back = client.patch(run.path, json={"data": {"unsqueeze_x": True}}, headers=run.owner).json()
    assert (back["status"], back["error"]) == ("ready", None)
    assert run.step(3) == Run(client).step(3)


def test_y_left_flat_trains_and_tells_torchs_warning(client: httpx.Client) -> None:
    run = Run(client, {"data": {"unsqueeze_y": False}})
    assert run.state()["warning"] is None
    run.step(1)
    warning = run.state()["warning"]
    assert warning.startswith("Using a target size (torch.Size([100])) that is different to the input size")
    assert "/" not in warning


def read(client: httpx.Client, csv: str, **headers: str) -> dict[str, Any]:
    answer = client.post("/api/points", json={"csv": csv}, headers=headers)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_a_table_becomes_points_that_a_run_takes(client: httpx.Client) -> None:
    table = read(client, "time;temp\r\n" + "".join(f"{x},5;{-x}\r\n" for x in range(4)) + "4;?\r\n")
    assert table == {
        "points": [[0.5, 0.0], [1.5, -1.0], [2.5, -2.0], [3.5, -3.0]],
        "header": ["time", "temp"],
        "delimiter": "semicolon",
        "bad_rows": [{"row": 6, "text": "4;?", "reason": "? is not a number."}],
        "labels": None,
    }
    assert Run(client, {"data": {"points": table["points"]}}).step(2)["step"] == 2


def test_reasons_come_in_the_readers_language_and_show_what_hides(client: httpx.Client) -> None:
    table = read(client, "1,2\n3,\u202e\x07\n", **{"Accept-Language": "zh"})
    assert table["bad_rows"][0]["text"] == "3,\\u202e\\x07"
    assert "不是" in table["bad_rows"][0]["reason"]


@pytest.mark.parametrize("body", [{}, {"csv": 3}, {"csv": "1,2", "more": 1}, {"csv": ""}])
def test_what_is_no_table_is_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    answer = client.post("/api/points", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_tables_may_be_larger_than_other_requests_and_not_without_end(client: httpx.Client) -> None:
    long = "".join(f"{x:.100f},{x:.80f}\n" for x in range(1000))
    assert len(long) > 128 * 1024
    assert len(read(client, long)["points"]) == 1000
    answer = client.post("/api/points", json={"csv": "1,2\n" * 70_000})
    assert (answer.status_code, answer.json()["detail"]) == (413, "At most 262144 bytes are allowed.")
    answer = client.post("/api/points", json={"csv": "1,2\n" * 1001})
    assert refused(answer) == ("csv", "The table has more than 1000 rows, as many as are allowed.")
