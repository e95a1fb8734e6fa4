"""Runs of two inputs and of classes over HTTP, from their making to their export."""

from pathlib import Path
from typing import Any

import httpx
import plotly.io
import pytest

from tests.script.scripts import run_scripts
from tests.server import Server
from tests.web.owner import Run

LESSON: dict[str, Any] = {
    "data": {"target": "blobs", "n_samples": 200, "test_fraction": 0.1},
    "optimizer": {"lr": 0.02},
    "max_steps": 100,
}
SCRIPT = Path(__file__).parents[2] / "data" / "scripts" / "classification-302.py"


@pytest.fixture(autouse=True)
def ready(server: Server) -> None:
    """Scripts wait for nothing."""
    server.wait_until("engine", "sandbox")


def test_the_lesson_on_classification_is_a_run_like_any_other(client: httpx.Client) -> None:
    run = Run(client, LESSON)
    now = run.step(60)
    assert (now["surface"]["width"], now["surface"]["height"]) == (100, 100)
    assert len(now["surface"]["values"]) == len(now["surface"]["classes"]) == 10_000
    assert set(now["surface"]["classes"]) == {0, 1}
    n = sum(map(sum, now["confusion"]))
    assert n == len(now["prediction"]) == 180
    right = now["confusion"][0][0] + now["confusion"][1][1]
    assert abs(now["accuracy"] - right / n) < 1e-6
    assert now["test_accuracy"] is not None
    assert now["test_loss"] is not None
    # An earlier step, and training on from it.
    earlier = client.get(f"{run.path}/snapshots/30").json()
    assert earlier["step"] == 30
    assert earlier["surface"]["classes"] != now["surface"]["classes"]
    many = client.get(f"{run.path}/snapshots", params={"count": 3}).json()["snapshots"]
    assert [(each["step"], each["surface"]["width"]) for each in many] == [(0, 40), (30, 40), (60, 40)]
    fork = client.post(f"{run.path}/fork", json={"step": 30}).json()
    owner = {"Authorization": f"Bearer {fork['owner_token']}"}
    client.post(f"/api/runs/{fork['id']}/steps", json={"count": 30}, headers=owner).raise_for_status()
    assert client.get(f"/api/runs/{fork['id']}/losses").json()["losses"] == run.losses()
    # The script trains on, and has the same losses to the last bit.
    run.step(40)
    (ran,) = run_scripts([client.get(f"{run.path}/script").text])
    assert ran.losses == run.losses()


def test_the_figure_of_a_surface_has_it_under_its_points(client: httpx.Client) -> None:
    run = Run(client, LESSON)
    run.step(5)
    figure = plotly.io.from_json(client.get(f"{run.path}/figure", params={"lang": "en"}).text)
    assert [trace.type for trace in figure.data] == ["heatmap", "scatter", "scatter"]
    assert (len(figure.data[0].z), len(figure.data[0].x)) == (100, 100)
    assert figure.layout.title.text == "Fitted surface after 5 steps"


def test_morvans_script_on_classification_becomes_a_run(client: httpx.Client) -> None:
    made = client.post("/api/runs/from-script", json={"script": SCRIPT.read_text(encoding="utf-8")})
    assert made.status_code == 201, made.text
    assert made.json()["proven"] == 20
    assert made.json()["config"]["loss"] == "CrossEntropyLoss"


def test_a_table_with_a_column_of_names_gives_points_of_classes(client: httpx.Client) -> None:
    table = "x1,x2,kind\n0,0,cat\n1,0,dog\n0,1,cat\n1,1,\n1,1,ape\n"
    asked = {"csv": table, "features": 2, "labels": True}
    read = client.post("/api/points", json=asked).json()
    assert read["points"] == [[0, 0, 0], [1, 0, 1], [0, 1, 0], [1, 1, 2]]
    assert (read["header"], read["labels"]) == (["x1", "x2", "kind"], ["cat", "dog", "ape"])
    assert [(row["row"], row["reason"]) for row in read["bad_rows"]] == [(5, "A column is empty.")]
    run = Run(client, {"data": {"features": 2, "classes": 3, "points": read["points"]}})
    assert len(run.step(1)["confusion"]) == 3
    alike = client.post("/api/points", json={"csv": "0 0 a\n1 1 a", "features": 2, "labels": True})
    assert alike.status_code == 422
