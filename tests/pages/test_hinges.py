"""The hinge view: what each hidden unit adds, beside what torch computed."""

from typing import Any, get_args

import httpx
from playwright.sync_api import expect

from app.protocol.runs import Activation
from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import UNFOLD, Visitor
from tests.server import Server

SUM = """async () => {
  const script = document.querySelector('script[type="module"]').src;
  const [{ page }, { layersOf }, { Units }] = await Promise.all(
    [script, "/static/x/js/run/layers.js", "/static/x/js/inside/model/units.js"].map((path) => import(path)));
  const { started, snapshot } = page.state;
  const { activation } = started.run.config.model;
  const units = new Units(layersOf(started.parameters), activation, started.grid);
  units.compute(snapshot.parameters);
  const parts = [...Array(units.count).keys()].map((unit) => units.contribution(snapshot.parameters, unit));
  const bias = snapshot.parameters.at(-1);
  return {
    activation,
    step: snapshot.step,
    off: Math.max(...started.grid.map((_, i) => {
      const [sum, size] = parts.reduce(([sum, size], part) => [sum + part[i], size + Math.abs(part[i])],
        [bias, Math.abs(bias)]);
      return Math.abs(sum - snapshot.gridPrediction[i]) / Math.max(1, size);
    })),
  };
}"""
"""The largest distance between the sum of the units and torch's curve, in the size of what is added up."""
FLOAT32 = 2.0**-23


class Owner:
    """The run's owner, over REST."""

    def __init__(self, visitor: Visitor, client: httpx.Client) -> None:
        self.client = client
        self.path = f"/api/runs/{visitor.run_id()}"
        client.headers["Authorization"] = f"Bearer {visitor.state('token')}"

    def change(self, config: dict[str, Any]) -> None:
        assert self.client.patch(self.path, json=config).status_code == 200

    def step(self, count: int) -> None:
        assert self.client.post(f"{self.path}/steps", json={"count": count}).status_code == 200

    def edit(self, name: str, index: list[int], value: float) -> None:
        body = {"name": name, "index": index, "value": value}
        assert self.client.post(f"{self.path}/parameters", json=body).status_code == 200


def test_the_units_add_up_to_torchs_curve_whatever_the_activation(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    with server.client() as client:
        owner = Owner(visitor, client)
        for hidden in ([10], [6, 5], []):
            for activation in get_args(Activation) if hidden else ["ReLU"]:
                owner.change(
                    {"model": {"hidden": hidden, "activation": activation}, "optimizer": {"lr": 0.1}}
                )
                visitor.expect_step(0)
                owner.step(5)
                visitor.expect_step(5)
                found = visitor.page.evaluate(SUM)
                assert (found["activation"], found["step"]) == (activation, 5)
                assert found["off"] < 4 * FLOAT32, (hidden, activation)
    visitor.look_at("hinges")
    expect(visitor.find("#hinge-words")).to_have_text(
        "There is no hidden layer: the curve is a straight line."
    )


def test_dead_units_are_grey_in_both_pictures_and_counted(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    visitor.look_at("hinges")
    with server.client() as client:
        owner = Owner(visitor, client)
        for unit in range(10):
            owner.edit("hidden.weight", [unit, 0], 1.0)
            owner.edit("hidden.bias", [unit], -5.0 if unit in (1, 4, 7) else 0.25)
    expect(visitor.find("#hinge-words")).to_contain_text("3 of the units of hidden are dead, out of 10")
    for picture in ("#network .unit", "#hinges .hinge", "#hinges .kink"):
        expect(visitor.find(f'{picture}[data-dead="true"]')).to_have_count(3)
    visitor.find("#hinge-table").evaluate(UNFOLD)
    rows = visitor.find("#hinge-table tbody tr")
    expect(rows.nth(4)).to_contain_text("dead")
    expect(rows.nth(5)).to_contain_text("−0.25")  # its kink, at -b/w
    visitor.find("#reset").click()
    expect(visitor.find("#hinge-words")).to_contain_text("5 of the units of hidden are dead, out of 10")


def test_a_unit_pointed_at_in_either_picture_lights_up_in_the_other(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.run_steps(100)
    visitor.expect_step(100)
    visitor.look_at("network")
    lit_hinge = visitor.find("#hinges .hinge.lit")
    visitor.find('#network [data-key="unit 1 6"]').hover()
    expect(lit_hinge).to_have_attribute("data-unit", "6")
    expect(visitor.find("#hinge-readout")).to_contain_text("ReLU(")
    visitor.page.mouse.move(0, 0)
    expect(lit_hinge).to_have_count(0)
    visitor.find('#hinges .hinge[tabindex="0"]').focus()
    visitor.page.keyboard.press("ArrowRight")
    expect(lit_hinge).to_have_attribute("data-unit", "1")
    expect(visitor.find("#network .unit.lit")).to_have_attribute("data-key", "unit 1 1")
    visitor.expect_step(100)
