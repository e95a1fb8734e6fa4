"""A run's charts as Plotly figures, read as a program reads them."""

import json
from array import array
from gettext import NullTranslations
from math import inf, nan
from types import SimpleNamespace
from typing import Any

import httpx
import plotly.io
import pytest

from app.web.edge.catalogue import Language
from app.web.runs.figures import losses_figure
from tests.web.owner import Run


def test_the_curve_is_the_points_and_the_models_values_on_the_grid(client: httpx.Client) -> None:
    run = Run(client, {"data": {"n_samples": 6, "test_fraction": 0.5}, "model": {"hidden": [2]}})
    snapshot = run.step(3)
    figure = plotly.io.from_json(client.get(f"{run.path}/figure", params={"lang": "en"}).text)
    points, curve, held_out = figure.data
    assert (points.name, curve.name, held_out.name) == ("data", "net(x)", "test points")
    assert list(curve.y) == snapshot["grid_prediction"]
    assert len(curve.x) == len(curve.y)
    assert len(points.x) == len(snapshot["prediction"])
    assert len(held_out.y) == 3
    assert figure.layout.title.text == "Fitted curve after 3 steps"


def test_the_losses_are_those_of_every_step(client: httpx.Client) -> None:
    run = Run(client)
    run.step(20)
    answer = client.get(f"{run.path}/losses/figure", params={"lang": "zh"})
    assert answer.headers["content-type"] == "application/json"
    [trace] = plotly.io.from_json(answer.text).data
    assert list(trace.x) == list(range(1, 21))
    assert list(trace.y) == run.losses()
    assert trace.name == "损失"


def test_a_loss_that_is_not_finite_is_a_gap() -> None:
    run: Any = SimpleNamespace(losses=bytearray(array("f", [1.0, inf, nan, 2.0]).tobytes()))
    text = losses_figure(run, Language("en", NullTranslations()))
    assert json.loads(text)["data"][0]["y"] == [1.0, None, None, 2.0]


@pytest.mark.parametrize("name", ["figure", "losses/figure"])
def test_a_run_that_is_not_there_has_no_figure(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/api/runs/nothing/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
