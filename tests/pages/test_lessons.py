"""What goes wrong, and its remedy as a button; ready settings; the two unsqueezes; a step for a class."""

import json
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Route, WebSocketRoute, expect
from pydantic import JsonValue

from app.web.pages.examples.experiments import EXPERIMENTS
from tests.pages.conftest import Visit
from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import Visitor
from tests.server import wait_for

CELLS = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const alpha = (row, column) => data[4 * (row * width + column) + 3] / 255;
  const sign = (row, column) => Math.sign(data[4 * (row * width + column)] - 128);
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => sign(row, column) * alpha(row, column)));
}"""


def trouble(visitor: Visitor) -> Locator:
    return visitor.find("#trouble")


def begin(visitor: Visitor, key: str) -> None:
    visitor.find("#experiments-open").click()
    visitor.find(f"[data-experiment={key}]").click()
    expect(visitor.find("#experiments")).to_be_hidden()
    expect(visitor.find(f"[data-experiment={key}]")).to_have_attribute("aria-current", "true")


def flat(settings: Mapping[str, JsonValue], prefix: str = "") -> dict[str, JsonValue]:
    """Values by path, such as "optimizer.lr"."""
    found: dict[str, JsonValue] = {}
    for name, value in settings.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return found


CURED = {
    "lr_too_large": ("bad", "Set optimizer.lr = 0.2 and reset"),
    "no_zero_grad": ("done", "Set loop.zero_grad = True and reset"),
    "x_without_unsqueeze": ("bad", "Set data.unsqueeze_x = True and reset"),
    "y_without_unsqueeze": ("done", "Set data.unsqueeze_y = True and reset"),
    "dead_units": ("done", "Set seed = 5 and reset"),
}


@pytest.mark.parametrize(("key", "end"), CURED.items())
def test_what_went_wrong_is_explained_and_cured_by_one_press(
    tab: SharedTab, key: str, end: tuple[str, str]
) -> None:
    tone, label = end
    visitor = tab.renew()
    visitor.calm()
    begin(visitor, key)
    visitor.play()
    visitor.status(tone)
    button = trouble(visitor).get_by_role("button").first
    expect(button).to_have_text(label)
    for part in ("what", "why", "advice"):
        expect(visitor.find(f".trouble-{part}")).not_to_be_empty()
    button.click()
    visitor.expect_step(0)
    visitor.play()
    visitor.status("done")
    expect(trouble(visitor)).to_be_hidden()
    assert visitor.state("losses")[-1] < 0.05


def test_torchs_own_words_are_told_beside_ours(tab: SharedTab) -> None:
    visitor = tab.renew()
    begin(visitor, "x_without_unsqueeze")
    visitor.find("#step").click()
    visitor.status("bad")
    quote = "mat1 and mat2 shapes cannot be multiplied (1x100 and 1x10)"
    expect(visitor.find(".trouble-quote")).to_have_text(quote)
    expect(visitor.find(".trouble-quote")).to_have_attribute("lang", "en")
    begin(visitor, "y_without_unsqueeze")
    visitor.find("#step").click()
    visitor.expect_step(1)
    expect(visitor.find(".trouble-quote")).to_contain_text("Using a target size (torch.Size([100]))")
    visitor.page.reload()
    expect(visitor.find(".trouble-quote")).to_contain_text("Using a target size (torch.Size([100]))")


def test_many_dead_units_are_told_before_the_run_ends(tab: SharedTab) -> None:
    visitor = tab.renew()
    expect(trouble(visitor)).to_be_hidden()
    begin(visitor, "dead_units")
    expect(visitor.find(".trouble-what")).to_have_text("2 of 4 hidden units are dead.")
    trouble(visitor).get_by_role("button", name="LeakyReLU").click()
    expect(visitor.find("#activation")).to_have_value("LeakyReLU")
    expect(trouble(visitor)).to_be_hidden()


def test_a_lost_connection_is_made_again_by_a_press(visitor: Visitor) -> None:
    sockets: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    visitor.page.route_web_socket("**/stream", pass_on)
    visitor.open_training()
    visitor.run_steps(5)
    visitor.expect_step(5)
    tries: list[Route] = []

    def refuse(route: Route) -> None:
        tries.append(route)
        route.abort()

    visitor.page.route("**/api/runs/*", refuse)
    sockets[0].close()
    expect(visitor.find(".trouble-what")).to_have_text("The connection to the server is lost.")
    # Before the next try it waits for seconds, so that not that but the press makes the connection.
    while len(tries) < 4:
        visitor.page.wait_for_event("requestfailed")
    visitor.page.unroute("**/api/runs/*")
    trouble(visitor).get_by_role("button", name="Connect now").click()
    expect(trouble(visitor)).to_be_hidden()
    assert len(visitor.state("losses")) == 5


def test_who_only_watches_is_told_why_but_has_no_buttons(tab: SharedTab, visit: Visit) -> None:
    owner = tab.renew()
    with visit() as watcher:
        begin(owner, "lr_too_large")
        owner.play()
        owner.status("bad")
        watcher.page.goto(f"{watcher.url}/?run={owner.run_id()}")
        expect(watcher.find(".trouble-why")).to_contain_text("curvature")
        expect(trouble(watcher).get_by_role("button")).to_have_count(0)


def test_every_experiment_is_in_the_address_and_opens_from_it(visitor: Visitor) -> None:
    visitor.open_training()
    for key in EXPERIMENTS:
        begin(visitor, key)
        wait_for(lambda key=key: told(visitor) == flat(EXPERIMENTS[key].settings))  # type: ignore[misc]
    last, before = list(EXPERIMENTS)[:-3:-1]
    visitor.page.reload()
    expect(visitor.find(f"[data-experiment={last}]")).to_have_attribute("aria-current", "true")
    run = visitor.run_id()
    with visitor.page.context.expect_page() as opened:
        address = visitor.address.replace(f"run={run}&", "")
        visitor.page.evaluate("(address) => void open(address, '', 'noopener')", address)
    other = Visitor(opened.value, visitor.url)
    expect(other.find(f"[data-experiment={last}]")).to_have_attribute("aria-current", "true")
    assert other.run_id() != run
    visitor.page.go_back()
    expect(visitor.find(f"[data-experiment={before}]")).to_have_attribute("aria-current", "true")


def told(visitor: Visitor) -> dict[str, JsonValue]:
    """The settings in the address."""
    pairs = parse_qsl(urlsplit(visitor.address).query)
    return {path: parsed(text) for path, text in pairs if path != "run"}


def parsed(text: str) -> JsonValue:
    for json_text in (text, f"[{text}]"):
        with suppress(json.JSONDecodeError):
            found: JsonValue = json.loads(json_text)
            return found
    return text


def test_back_to_good_settings_begins_anew_where_the_run_could_not_go_on(visitor: Visitor) -> None:
    visitor.open_training()
    begin(visitor, "lr_too_large")
    visitor.play()
    visitor.status("bad")
    visitor.page.go_back()
    expect(visitor.find("#lr")).to_have_value("0.2")
    assert "Ready" in visitor.status("still")


def test_the_matrix_holds_every_difference_that_torch_takes(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.look_at("shapes")
    visitor.find("#unsqueeze_y").uncheck()
    expect(visitor.find("#shape-y")).to_have_text("[100]")
    expect(visitor.find("#shape-words")).to_contain_text("10000 differences")
    visitor.run_steps(200)
    visitor.expect_step(200)
    expect(visitor.find("#shape-caption")).to_contain_text("[100, 100]")
    prediction, y = visitor.state("compared")
    differences = [[p - target for target in y] for p in prediction]
    largest = max(abs(value) for row in differences for value in row)
    wanted = [pytest.approx([value / largest for value in row], abs=0.02) for row in differences]
    visitor.look_at("shapes")
    expect(visitor.find("#shape-caption")).to_contain_text(f"at most {largest:.4g}")
    assert visitor.find("#shape-matrix").evaluate(CELLS) == wanted
    mean = sum(y) / len(y)
    expect(visitor.find("#shape-words")).to_contain_text(f"{mean:.4g}")
    assert max(abs(value - mean) for value in visitor.state("curve")) < 0.1
    visitor.find("#shape-remedy").click()
    expect(visitor.find("#shape-y")).to_have_text("[100]→[100, 1]")
    expect(visitor.find("#shape-caption")).to_contain_text("[100, 1]")
    visitor.find("#unsqueeze_x").uncheck()
    expect(visitor.find("#shape-place")).to_be_hidden()
    visitor.page.keyboard.press("ArrowRight")
    expect(visitor.find("#shape-quote")).to_contain_text("mat1 and mat2")


def test_a_class_sees_a_step_line_by_line_and_then_the_curve_again(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.page.set_viewport_size({"width": 1920, "height": 1080})
    visitor.page.keyboard.press("p")
    expect(visitor.find("#slow-motion")).to_be_hidden()
    for line in ("forward", "loss", "zero_grad", "backward", "step"):
        visitor.page.keyboard.press("l")
        card = visitor.find(f'[data-line="{line}"]')
        expect(card).to_have_attribute("data-stand", "ran")
        expect(card).to_be_in_viewport(ratio=0.99)
    expect(visitor.find("#network")).to_be_hidden()
    sizes = visitor.find(".line-words, .line-code code").evaluate_all(
        "(parts) => parts.map((part) => Number.parseFloat(getComputedStyle(part).fontSize))"
    )
    assert min(sizes) >= 24 * 0.9
    bounds = visitor.find("#fit").bounding_box()
    assert bounds is not None
    assert bounds["height"] > 200
    visitor.page.keyboard.press("ArrowRight")
    visitor.expect_step(2)
    expect(visitor.find("#slow-motion")).to_be_hidden()
    visitor.page.keyboard.press("p")
