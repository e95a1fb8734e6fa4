"""What the charts cost and keep, and what is said where they cannot be drawn."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Response, Route, expect

from tests.pages.conftest import Visit
from tests.pages.test_accessibility import expect_no_violation
from tests.pages.test_layout import box
from tests.pages.visitor import UNFOLD, Visitor
from tests.server import Server, wait_for

PLOTLY = re.compile(r"/plotly[^/]*\.js")

COUNT_WORK = """
globalThis.work = { frames: 0, styles: 0 };
const { requestAnimationFrame: frame, getComputedStyle: style } = globalThis;
globalThis.requestAnimationFrame = (callback) => (work.frames++, frame(callback));
globalThis.getComputedStyle = (...what) => (work.styles++, style(...what));
globalThis.nextFrame = () => new Promise(everyFrame);
"""
REST = """async (frames) => {
  let rested = 0;
  for (let i = 0; i < 1000 && rested < frames; i += 1) {
    const before = JSON.stringify(work);
    await nextFrame();
    rested = JSON.stringify(work) === before ? rested + 1 : 0;
  }
  return rested;
}"""
"""How many frames in a row the browser drew without the page asking for one, or reading a style."""

COUNT_KEPT = """
globalThis.kept = { listeners: 0, observed: 0, purged: 0 };
const lasting = (target, options) =>
  (target === document || target === window || target instanceof MediaQueryList) && !options?.once;
const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (type, listener, options) {
  const target = this ?? window;
  if (lasting(target, options)) {
    kept.listeners += 1;
    if (options?.signal) add.call(options.signal, "abort", () => (kept.listeners -= 1));
  }
  return add.call(target, type, listener, options);
};
EventTarget.prototype.removeEventListener = function (type, listener, options) {
  const target = this ?? window;
  if (lasting(target, options)) kept.listeners -= 1;
  return remove.call(target, type, listener, options);
};
for (const kind of ["ResizeObserver", "IntersectionObserver", "MutationObserver"]) {
  globalThis[kind] = class extends globalThis[kind] {
    #count = 0;
    observe(...what) {
      super.observe(...what);
      this.#count += 1;
      kept.observed += 1;
    }
    disconnect() {
      super.disconnect();
      kept.observed -= this.#count;
      this.#count = 0;
    }
  };
}
"""
COUNT_PURGES = """() => {
  const { purge } = Plotly;
  Plotly.purge = (element) => (kept.purged++, purge(element));
}"""


@pytest.mark.parametrize("page", ["training", "comparison", "calculator"])
def test_a_page_that_stands_still_asks_for_no_frame_and_reads_no_style(visitor: Visitor, page: str) -> None:
    visitor.page.add_init_script(COUNT_WORK)
    if page == "training":
        visitor.open_training()
    elif page == "comparison":
        visitor.open_comparison()
    else:
        visitor.open_calculator()
    assert visitor.page.evaluate(REST, 60) == 60
    if page == "calculator":
        return
    visitor.run_steps(30)
    visitor.expect_step(30)
    assert visitor.page.evaluate(REST, 60) == 60


def test_what_changes_without_the_server_is_drawn_all_the_same(visitor: Visitor) -> None:
    visitor.page.add_init_script(COUNT_WORK)
    visitor.open_training()
    visitor.run_steps(30)
    visitor.expect_step(30)
    visitor.look_at("hinges")
    visitor.find("#hinge-picture .hinge").first.wait_for(state="attached")
    assert visitor.page.evaluate(REST, 60) == 60
    visitor.find("#hinge-picture .hinge").first.focus()
    expect(visitor.find("#hinge-readout")).to_contain_text("ReLU(")
    visitor.find("#hinge-table").evaluate(UNFOLD)
    expect(visitor.find("#hinge-table tbody tr")).to_have_count(10)
    visitor.look_at("fit")
    before = box(visitor, "#fit svg.main-svg >> nth=0")["width"]
    visitor.page.set_viewport_size({"width": 1000, "height": 800})
    wait_for(lambda: box(visitor, "#fit svg.main-svg >> nth=0")["width"] < before)
    title = visitor.find("#fit .xtitle")
    size = title.evaluate("(text) => getComputedStyle(text).fontSize")
    visitor.page.keyboard.press("p")
    wait_for(lambda: title.evaluate("(text) => getComputedStyle(text).fontSize") != size)


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("training", "aborted"),
        ("training", "another file"),
        ("comparison", "missing"),
    ],
)
def test_without_plotly_the_page_says_so_and_tries_again_when_asked(
    visitor: Visitor, page: str, fault: str
) -> None:
    answers: dict[str, Callable[[Route], None]] = {
        "aborted": lambda route: route.abort(),
        "missing": lambda route: route.fulfill(status=404, body="not found"),
        "another file": lambda route: route.fulfill(status=200, body="", content_type="text/javascript"),
    }
    visitor.page.route(PLOTLY, answers[fault])
    visitor.page.goto(f"{visitor.url}/{'compare' if page == 'comparison' else ''}")
    message = visitor.page.get_by_role("alert").filter(has_text="The charts could not be loaded")
    expect(message).to_be_visible()
    again = message.get_by_role("button", name="Load the charts again")
    with visitor.page.expect_request(PLOTLY):
        again.click()
    expect(message).to_contain_text("Plotly, which draws them, is missing.")
    # All the rest works without charts.
    visitor.find('#step[aria-disabled="false"]').click()
    visitor.expect_step(1)
    visitor.page.unroute(PLOTLY)
    again.click()
    curve = ".member .scatterlayer .js-line" if page == "comparison" else "#fit .scatterlayer .js-line"
    visitor.find(curve).last.wait_for(state="attached")
    visitor.find("#loss .scatterlayer").wait_for(state="attached")
    expect(message).to_have_count(0)
    assert visitor.page.evaluate("() => document.activeElement !== document.body")


def test_where_plotly_is_missing_is_said_for_everyone_in_their_language(visit: Visit) -> None:
    with visit(locale="zh-CN") as visitor:
        visitor.page.route(PLOTLY, lambda route: route.abort())
        visitor.page.goto(visitor.url)
        expect(visitor.page.get_by_role("alert").filter(has_text="图表未能加载")).to_be_visible()
        visitor.status("still")
        expect_no_violation(visitor)


def test_a_comparison_that_is_made_again_leaves_nothing_behind(visitor: Visitor, server: Server) -> None:
    made: list[Response] = []

    def note(response: Response) -> None:
        if response.request.method == "POST" and response.url.endswith("/api/comparisons"):
            made.append(response)

    visitor.page.on("response", note)
    visitor.page.add_init_script(COUNT_KEPT)
    visitor.open_comparison()
    visitor.page.evaluate(COUNT_PURGES)
    before = visitor.page.evaluate("() => kept")
    with server.client() as client:
        for again in range(1, 4):
            last = made[-1].json()
            token = {"Authorization": f"Bearer {last['owner_token']}"}
            client.delete(f"/api/comparisons/{last['id']}", headers=token)
            wait_for(lambda: last["id"] not in visitor.page.evaluate("() => location.href"))  # noqa: B023
            visitor.expect_comparison()
            kept = visitor.page.evaluate("() => kept")
            assert kept == {**before, "purged": 2 * again}


def test_views_that_are_made_again_leave_nothing_behind(visitor: Visitor) -> None:
    visitor.page.add_init_script(COUNT_KEPT)
    visitor.open_training()
    visitor.look_at("network")
    units = visitor.find("#network-picture .unit")
    expect(units).not_to_have_count(0)
    before = visitor.page.evaluate("() => kept")
    for hidden in ("3", "4, 4"):
        shown = units.count()
        visitor.set("hidden", hidden)
        wait_for(lambda: units.count() != shown)  # noqa: B023
        visitor.run_steps(3)
        visitor.expect_step(3)
        assert visitor.page.evaluate("() => kept") == before
    visitor.open_calculator()
    before = visitor.page.evaluate("() => kept")
    for number in (3, 4):
        start = f"import torch\nx = torch.tensor([{number}.], requires_grad=True)"
        visitor.run_program(f"{start}\n(x * x).backward()")
        expect(visitor.card("x")).to_contain_text(f"tensor([{2 * number}.])")
        assert visitor.page.evaluate("() => kept") == before


def test_an_earlier_run_with_points_set_by_hand_keeps_the_legend_inside_the_chart(visitor: Visitor) -> None:
    points = [[i / 60, (i % 7) / 7] for i in range(60)]
    visitor.open_training(f"?data.points={str(points).replace(' ', '')}")
    visitor.run_steps(5)
    visitor.expect_step(5)
    visitor.find("#reset").click()
    visitor.expect_step(0)
    visitor.find("#data-open").click()
    visitor.find("#data [data-preset]").first.click()
    expect(visitor.find("#loss-legend li")).to_have_count(2)
    expect(visitor.find("#loss-legend li").last).to_contain_text("60 points")
    legend, chart = box(visitor, "#loss-legend"), box(visitor, "#loss")
    assert legend["y"] + legend["height"] < chart["y"] + chart["height"]
    assert legend["width"] < chart["width"]
