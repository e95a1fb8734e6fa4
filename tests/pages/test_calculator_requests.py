"""Requests of the calculator page that are superseded, cancelled or of another version; stray input."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from app.web.pages.examples.clinic import CLINIC
from tests.pages.conftest import Visit
from tests.pages.test_programs import fragment
from tests.pages.visitor import Visitor
from tests.pages.windows import Windows
from tests.server import Server

GRADIENTS = "**/api/gradients"
CHAIN = "import torch\nx = torch.tensor([2.], requires_grad=True)\ny = 3 * x\ny.backward()\n"
WEIGHTED = (
    "import torch\nx = torch.tensor([1., 2., 3.], requires_grad=True)\ny = x * x\n"
    "y.backward(gradient=torch.tensor([1., 1., 1.]))"
)
OTHER_VERSION = "This page is from another version of the server. Reload it."
TELL_PAIRS = """() => {
  globalThis.pairs = [];
  const program = document.getElementById("program");
  const product = document.querySelectorAll("#bench .product")[1];
  new MutationObserver(() => {
    const [, weight] = /gradient=torch.tensor\\(\\[1., (.*), 1.\\]/.exec(program.value);
    pairs.push([Number(weight), Number(product.textContent)]);
  }).observe(product, { childList: true, characterData: true, subtree: true });
}"""
"""Keeps the middle weight of the program beside the product that is shown, whenever that changes."""
HOLD_FIRST_LINK = """() => {
  const Real = DecompressionStream;
  const gate = new Promise((resolve) => { globalThis.release = resolve; });
  globalThis.DecompressionStream = class {
    constructor(format) {
      const { readable, writable } = new Real(format);
      const held = new TransformStream({ transform: (part, to) => gate.then(() => to.enqueue(part)) });
      this.writable = writable;
      this.readable = readable.pipeThrough(held);
      globalThis.DecompressionStream = Real;
    }
  };
}"""
BLOCK_STORAGE = """
for (const area of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(globalThis, area, { get() { throw new DOMException("blocked", "SecurityError"); } });
}
"""


@pytest.fixture(autouse=True, scope="module")
def _sandbox_ready(server: Server) -> None:
    server.wait_until("sandbox")


@pytest.fixture(scope="module")
def page(windows: Windows) -> Iterator[Visitor]:
    with windows.visiting() as visitor:
        visitor.open_calculator()
        yield visitor


def hold(visitor: Visitor, address: str = GRADIENTS, times: int | None = None) -> list[Route]:
    """Keep the requests to an address without an answer, until the test gives one."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    visitor.page.route(address, keep, times=times)
    return held


def answered(visitor: Visitor, program: str) -> dict[str, Any]:
    answer = visitor.page.request.post(f"{visitor.url}/api/gradients", data={"program": program})
    return answer.json()  # type: ignore[no-any-return]


def test_an_edit_ends_the_run_under_way_and_says_so(page: Visitor) -> None:
    page.find("#as-typed").uncheck()
    hold(page)
    with page.page.expect_request(GRADIENTS):
        page.run_program("print('old')")
    page.status("busy")
    with page.page.expect_event("requestfailed"):
        page.find("#program").fill("print('new')")
    assert page.status("still") == "The program has changed. Press Run."
    expect(page.find("#bench")).to_have_attribute("aria-busy", "false")
    expect(page.find("#bench")).to_have_attribute("data-stale", "")
    page.page.unroute(GRADIENTS)
    page.find("#as-typed").check()
    page.run_program()
    page.status("done")
    assert page.find("#printed").text_content() == "new\n"
    expect(page.find("#bench")).not_to_have_attribute("data-stale", "")


def test_a_second_program_that_is_put_away_is_not_run_on(page: Visitor) -> None:
    page.find("#compare").click()
    page.status("done")
    hold(page)
    second = page.find("#bench-b textarea")
    with page.page.expect_request(GRADIENTS):
        second.fill("print('second')")
        second.press("Control+Enter")
        # The first program's run comes first: both wait for it.
        page.page.wait_for_function("() => document.querySelector('#bench-b').ariaBusy === 'true'")
    page.find("#compare").click()
    expect(page.find("#bench-b")).to_have_attribute("aria-busy", "false")
    page.page.unroute(GRADIENTS)
    page.run_program()
    page.status("done")


def test_products_stand_beside_the_weights_that_gave_them(page: Visitor) -> None:
    page.run_program(WEIGHTED)
    page.status("done")
    weight = page.find('#bench .jacobian input[type="number"]').nth(1)
    product = page.find("#bench .product").nth(1)
    expect(product).to_have_text("4")
    page.page.evaluate(TELL_PAIRS)
    held = hold(page, times=1)
    with page.page.expect_request(GRADIENTS):
        weight.fill("0.5")
    weight.fill("0.25")
    held[0].continue_()
    expect(product).to_have_text("1")
    assert page.page.evaluate("() => pairs") == [[0.5, 2], [0.25, 1]]
    # A field that holds no number has no say in what the others give.
    weight.fill("")
    page.find('#bench .jacobian input[type="number"]').first.fill("2")
    expect(page.find("#bench .product")).to_have_text(["4", "1", "6"])
    expect(weight).to_have_value("0.25")


def test_of_two_links_the_newer_is_opened(page: Visitor) -> None:
    page.page.evaluate(HOLD_FIRST_LINK)
    page.page.evaluate("(hash) => { location.hash = hash; }", fragment("print('first link')"))
    page.page.evaluate("(hash) => { location.hash = hash; }", fragment("print('second link')"))
    expect(page.find("#printed")).to_have_text("second link\n")
    page.page.evaluate("() => release()")
    page.page.evaluate("() => new Promise((resolve) => setTimeout(resolve))")
    expect(page.find("#program")).to_have_value("print('second link')")


@pytest.mark.parametrize(
    "change",
    [
        {"steps": None},
        "<p>not JSON</p>",
    ],
    ids=str,
)
def test_an_answer_of_another_version_asks_for_a_reload(page: Visitor, change: dict[str, Any] | str) -> None:
    body = change if isinstance(change, str) else json.dumps({**answered(page, CHAIN), **change})
    page.page.route(GRADIENTS, lambda route: route.fulfill(body=body), times=1)
    page.run_program(CHAIN)
    assert page.status("bad") == OTHER_VERSION
    with page.page.expect_navigation():
        page.find("#troubles").get_by_role("button", name="Reload").click()
    page.status("done")
    expect(page.find("#program")).to_have_value(CHAIN)


@pytest.mark.parametrize(
    "answer", [{}, {"confusions": [{"topic": "x", "explanation": "", "remedy": "", "patterns": ["(?P<a>"]}]}]
)
def test_the_clinic_asks_for_a_reload_where_its_list_is_of_another_version(
    page: Visitor, answer: dict[str, Any]
) -> None:
    page.page.route("**/api/topics", lambda route: route.fulfill(json=answer), times=1)
    page.page.reload()
    page.status("done")
    page.find("#clinic-open").click()
    page.find("#clinic-search").fill("error")
    expect(page.find(".diagnosis")).to_contain_text(OTHER_VERSION)
    page.page.keyboard.press("Escape")


def test_the_clinic_shows_what_the_newest_text_means_and_says_it_once(page: Visitor) -> None:
    page.page.reload()
    page.status("done")
    held = hold(page, "**/api/topics", times=1)
    page.find("#clinic-open").click()
    search = page.find("#clinic-search")
    with page.page.expect_request("**/api/topics"):
        search.fill(CLINIC["non-scalar"].message)
    search.fill("the dog ate it")
    held[0].continue_()
    diagnosis = page.find(".diagnosis")
    expect(diagnosis).to_contain_text("No confusion we know")
    page.page.evaluate(
        """() => {
          globalThis.spoken = 0;
          new MutationObserver(() => { spoken += 1; })
            .observe(document.querySelector(".diagnosis"), { childList: true });
        }"""
    )
    search.press_sequentially(" again")
    assert page.page.evaluate("() => spoken") == 0
    page.page.keyboard.press("Escape")


def test_only_the_announcer_is_a_live_region_of_the_results(page: Visitor) -> None:
    page.run_program("import torch\nx = torch.tensor(2., requires_grad=True)\n(x ** 3).backward()")
    page.status("done")
    expect(page.find("#bench .secant-slope")).to_be_visible()
    live = ":is(output, [aria-live], [role=status], [role=alert], [role=log])"
    assert page.find(f"main {live}:not(.room-bar *, .asks *, #experimenting *)").evaluate_all(
        "(regions) => regions.map(({ className }) => className)"
    ) == ["diagnosis"]


def test_opening_and_closing_a_second_program_leaves_nothing_behind(page: Visitor) -> None:
    devtools = page.page.context.new_cdp_session(page.page)

    def cycle() -> dict[str, int]:
        for _ in range(2):
            page.find("#compare").click()
            page.status("done")
        devtools.send("HeapProfiler.collectGarbage")
        counted = devtools.send("Memory.getDOMCounters")
        return {"listeners": counted["jsEventListeners"], "nodes": counted["nodes"]}

    page.run_program(CHAIN)
    page.status("done")
    cycle()
    first = cycle()
    for _ in range(4):
        last = cycle()
    assert last["listeners"] <= first["listeners"]
    assert last["nodes"] <= first["nodes"] + 20
    devtools.detach()


def test_scrolled_numbers_take_the_arrow_keys_for_themselves(page: Visitor) -> None:
    page.run_program("import torch\nx = torch.arange(6.).requires_grad_()\n(x * x).sum().backward()\n")
    page.status("done")
    words = page.find("#bench .player-words")
    before = words.inner_text()
    for place in ("#bench .formula", "#bench .nudge-panel .table-frame"):
        page.find(place).first.focus()
        page.page.keyboard.press("ArrowLeft")
    assert words.inner_text() == before
    page.find("#run").focus()
    page.page.keyboard.press("ArrowLeft")
    expect(words).not_to_have_text(before)


def test_a_selection_that_ends_beside_a_shelf_leaves_it_open(page: Visitor) -> None:
    for shelf in ("gallery", "clinic"):
        page.find(f"#{shelf}-open").click()
        box = page.find(f"#{shelf}").bounding_box()
        assert box is not None
        beside = (box["x"] / 2, box["y"] + 40)
        page.page.mouse.move(box["x"] + 40, box["y"] + 30)
        page.page.mouse.down()
        page.page.mouse.move(*beside)
        page.page.mouse.up()
        expect(page.find(f"#{shelf}")).to_be_visible()
        page.page.mouse.click(*beside)
        expect(page.find(f"#{shelf}")).to_be_hidden()


def test_only_the_primary_button_pans_the_graph(page: Visitor) -> None:
    page.run_program(CHAIN)
    page.status("done")
    content = page.find("#graph > g")
    before = content.get_attribute("transform")
    box = page.find("#graph").bounding_box()
    assert box is not None
    for button, pans in {"middle": False, "right": False, "left": True}.items():
        page.page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.page.mouse.down(button=button)  # type: ignore[arg-type]
        page.page.mouse.move(box["x"] + 60, box["y"] + 30)
        page.page.mouse.up(button=button)  # type: ignore[arg-type]
        assert (content.get_attribute("transform") != before) is pans, button


def test_a_finger_pans_the_graph(visit: Visit) -> None:
    with visit(has_touch=True) as visitor:
        visitor.open_calculator()
        content = visitor.find("#graph > g")
        before = content.get_attribute("transform")
        box = visitor.find("#graph").bounding_box()
        assert box is not None
        devtools = visitor.page.context.new_cdp_session(visitor.page)
        for kind, x in (("touchStart", 100), ("touchMove", 130), ("touchMove", 170), ("touchEnd", None)):
            points = [] if x is None else [{"x": box["x"] + x, "y": box["y"] + 20}]
            devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        expect(content).not_to_have_attribute("transform", before or "")


def test_the_page_works_where_the_browser_refuses_storage(visit: Visit) -> None:
    with visit() as visitor:
        visitor.page.add_init_script(BLOCK_STORAGE)
        visitor.open_calculator()
        visitor.find("#as-typed").uncheck()
        visitor.page.keyboard.press("?")
        visitor.find("#keys").uncheck()
        visitor.page.keyboard.press("Escape")
        visitor.run_program("print(7)")
        visitor.status("done")
        assert visitor.find("#printed").text_content() == "7\n"


def test_a_draft_that_cannot_be_read_is_no_draft(visit: Visit) -> None:
    with visit() as visitor:
        visitor.open_calculator()
        example = visitor.find("#program").input_value()
        for draft in ("{", "7", '{"program": 7, "beside": null}'):
            visitor.page.evaluate("(draft) => sessionStorage.setItem('programs', draft)", draft)
            visitor.page.reload()
            visitor.status("done")
            expect(visitor.find("#program")).to_have_value(example)
