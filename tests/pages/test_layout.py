"""How the pages fit their screens."""

import operator

import pytest
from playwright.sync_api import Browser, FloatRect, ViewportSize, expect

from app.web.pages.examples.gallery import GALLERY
from tests.pages.conftest import Visit
from tests.pages.shared_tab import SharedTab
from tests.pages.test_accessibility import STOPPED
from tests.pages.visitor import DESKTOP, PHONE, Visitor, open_window
from tests.server import Server, wait_for

PROJECTOR: ViewportSize = {"width": 1920, "height": 1080}
TELL_SHIFTS = """() => {
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      shifts.push([value, ...sources.map(({ node }) => node?.id || node?.nodeName)].join(" "));
    }
  }).observe({ type: "layout-shift" });
}"""
SMALL = """() => {
  const small = {};
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: place } = texts.currentNode;
    if (!data.trim() || !place.getClientRects().length || place.closest(".unseen, .tip")) continue;
    const scale = place.closest("svg:not(.main-svg)") ? place.getScreenCTM().d : 1;
    const size = scale * Number.parseFloat(getComputedStyle(place).fontSize);
    if (size < 23.9) small[data.trim()] = size;
  }
  return small;
}"""
"""What a projector shows in less than 24 px, with its size."""


def box(visitor: Visitor, selector: str) -> FloatRect:
    found = visitor.find(selector).bounding_box()
    assert found is not None
    return found


def expect_no_sideways_scroll(visitor: Visitor) -> None:
    width = visitor.page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= (visitor.page.viewport_size or DESKTOP)["width"]


def expect_drawn_in_full(visitor: Visitor, chart: str) -> None:
    bounds = box(visitor, chart)
    drawn = visitor.find(f"{chart} .main-svg").first
    expect(drawn).to_have_attribute("width", str(round(bounds["width"])))
    expect(drawn).to_have_attribute("height", str(round(bounds["height"])))


@pytest.mark.parametrize("screen", [DESKTOP, PROJECTOR], ids=["laptop", "projector"])
def test_the_first_screen_holds_the_charts_and_the_controls(tab: SharedTab, screen: ViewportSize) -> None:
    visitor = tab.renew()
    visitor.page.set_viewport_size(screen)
    fit, loss = box(visitor, "#fit"), box(visitor, "#loss")
    for place in ("#play", "#fit", "#loss", "#code", "#lr", "#zero_grad", "#optimizer_step"):
        bounds = box(visitor, place)
        assert bounds["y"] + bounds["height"] <= screen["height"], place
    assert fit["width"] * fit["height"] > 1.3 * loss["width"] * loss["height"]
    assert fit["width"] * fit["height"] > 0.2 * screen["width"] * screen["height"]
    expect_no_sideways_scroll(visitor)


@pytest.mark.parametrize("height", [800, 720])
def test_the_longest_explanation_leaves_the_charts_on_the_first_screen(tab: SharedTab, height: int) -> None:
    visitor = tab.renew(data={"unsqueeze_y": False})
    visitor.page.set_viewport_size({"width": 1280, "height": height})
    visitor.run_steps(1)
    visitor.find("#trouble").wait_for()
    for place in ("#fit", "#loss", "#scrub", "#code", "#zero_grad"):
        bounds = box(visitor, place)
        assert bounds["y"] + bounds["height"] <= height, place
    assert box(visitor, "#loss")["height"] > 60
    assert visitor.page.evaluate("() => document.documentElement.scrollHeight") == height


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_settings_stay_beside_what_is_further_down(visit: Visit, locale: str) -> None:
    with visit(locale=locale) as visitor:
        visitor.open_training()
        before = box(visitor, "#settings")
        visitor.look_at("hinges")
        expect(visitor.find("#hinges")).to_be_in_viewport()
        assert box(visitor, "#settings") == before
        assert box(visitor, ".bar")["y"] + box(visitor, ".bar")["height"] <= before["y"]


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_phone_scrolls_only_downwards(visit: Visit, locale: str) -> None:
    with visit(viewport=PHONE, locale=locale, has_touch=True, is_mobile=True) as visitor:
        visitor.open_training()
        order = [box(visitor, place)["y"] for place in ("#status", "#fit", "#loss", "#settings", "#code")]
        assert order == sorted(order)
        assert order[2] + box(visitor, "#loss")["height"] < box(visitor, "#play")["y"]
        expect_no_sideways_scroll(visitor)
        lessons, room = box(visitor, '.pages a[href="/lessons"]'), box(visitor, "#room-open")
        assert lessons["x"] + lessons["width"] <= room["x"], "all of the masthead is there"
        visitor.set("lr", "0")
        visitor.find("#lr-reason").wait_for()
        visitor.find('.help[aria-describedby="lr-tip"]').tap()
        expect(visitor.find("#lr-tip")).to_be_visible()
        expect_no_sideways_scroll(visitor)
        visitor.set("lr", "500")
        visitor.play()
        visitor.status("bad")
        expect_no_sideways_scroll(visitor)
        visitor.open_calculator()
        visitor.run_program()
        visitor.status("done")
        expect_no_sideways_scroll(visitor)
        visitor.run_program(STOPPED)
        visitor.status("bad")
        expect_no_sideways_scroll(visitor)
        visitor.run_program(GALLERY["weights"].program)
        visitor.status("done")
        product = box(visitor, "#bench .product >> nth=2")
        assert product["x"] + product["width"] <= PHONE["width"]
        expect_no_sideways_scroll(visitor)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_tips_of_the_calculators_bar_stay_on_a_phones_screen(visit: Visit, locale: str) -> None:
    with visit(viewport=PHONE, locale=locale, has_touch=True, is_mobile=True) as visitor:
        visitor.open_calculator()
        visitor.find("#run").focus()
        for control in (
            "#run",
            "#gallery-open",
            "#clinic-open",
            "#compare",
            "#predict",
            "#share summary",
            "#as-typed",
        ):
            expect(visitor.find(control)).to_be_focused()
            expect(visitor.find(f"#{control.lstrip('#').removesuffix(' summary')}-tip")).to_be_visible()
            expect_no_sideways_scroll(visitor)
            visitor.page.keyboard.press("Tab")


def test_whatever_a_thumb_presses_is_large_enough_and_the_main_controls_stay_under_it(visit: Visit) -> None:
    with visit(viewport=PHONE, has_touch=True, is_mobile=True) as visitor:
        for open_page in (visitor.open_calculator, visitor.open_training):
            open_page()
            small = visitor.page.evaluate(
                """() => [...document.querySelectorAll("a, button, input, select, textarea, summary, label")]
                  .filter((element) => element.checkVisibility() && !element.matches(".skip"))
                  .filter((element) => !element.matches("label:not(:has(input))"))
                  .map((element) => element.closest("label, .joined") ?? element)
                  .filter((element) => element.getBoundingClientRect().height < 43.5)
                  .map((element) => element.outerHTML)"""
            )
            assert small == []
        for scrolled in (0, 600, 100_000):
            visitor.page.evaluate("(y) => scrollTo(0, y)", scrolled)
            for button in ("#play", "#step", "#reset", "#new-seed"):
                bounds = box(visitor, button)
                assert PHONE["height"] - 70 < bounds["y"] < PHONE["height"] - bounds["height"], button


def test_a_projector_shows_the_curve_and_the_code_large(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.page.set_viewport_size(PROJECTOR)
    visitor.page.keyboard.press("p")
    for hidden in ("#loss", "#settings", "#save", "#zero_grad"):
        expect(visitor.find(hidden)).to_be_hidden()
    visitor.page.keyboard.press("l")
    visitor.find('[data-stand="ran"]').wait_for()
    assert visitor.page.evaluate(SMALL) == {}
    visitor.find("#reset").click()
    expect(visitor.find('[data-stand="ran"]')).to_have_count(0)
    bounds = box(visitor, "#fit")
    assert bounds["width"] * bounds["height"] > 0.3 * 1920 * 1080
    expect_drawn_in_full(visitor, "#fit")
    expect_no_sideways_scroll(visitor)
    visitor.page.reload()
    expect(visitor.find("#projector")).to_have_attribute("aria-pressed", "true")
    visitor.find("#step").click()
    visitor.expect_step(1)
    visitor.page.keyboard.press("p")
    expect(visitor.find("#settings")).to_be_visible()
    for chart in ("#fit", "#loss"):
        expect_drawn_in_full(visitor, chart)


def test_a_projector_shows_the_program_the_graph_and_the_pots_large(visit: Visit) -> None:
    with visit(viewport=PROJECTOR) as visitor:
        visitor.open_calculator()
        visitor.page.keyboard.press("p")
        for hidden in ("#share", "#as-typed", "#build", ".nudge-panel", ".facts", ".fold"):
            expect(visitor.find(hidden).first).to_be_hidden()
        for place in ("#program", "#graph", "#bench .player", "#bench .formula", "#bench .card .pot-picture"):
            bounds = box(visitor, f"{place} >> nth=0")
            assert bounds["y"] < PROJECTOR["height"] - 100, place
        assert visitor.page.evaluate(SMALL) == {}
        expect_no_sideways_scroll(visitor)
        visitor.page.keyboard.press("p")
        expect(visitor.find("#share")).to_be_visible()


def test_the_charts_follow_the_windows_size(tab: SharedTab) -> None:
    visitor = tab.renew()
    for width, height in ((1500, 900), (800, 1000)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        for chart in ("#fit", "#loss"):
            expect_drawn_in_full(visitor, chart)


def test_the_members_of_a_comparison_follow_the_windows_size(visitor: Visitor) -> None:
    visitor.page.set_viewport_size(PROJECTOR)
    visitor.open_comparison()
    visitor.page.set_viewport_size(DESKTOP)
    for number in (1, 2):
        expect_drawn_in_full(visitor, f".member:nth-child({number}) .plot")
    expect_no_sideways_scroll(visitor)


SHEETS = """() => [
  [...document.querySelectorAll("link[href$='.css']")].map((link) => link.href).sort(),
  performance.getEntriesByType("resource")
    .map(({ name }) => name).filter((name) => name.endsWith(".css")).sort(),
]"""
"""The style sheets that a page names, and those that it asked for."""


def test_a_page_asks_for_each_style_sheet_once_and_for_all_at_once(browser: Browser, server: Server) -> None:
    # A window of its own: of what lies in the browser's memory it does not tell.
    with open_window(browser) as window:
        page = window.new_page()
        for path in ("/", "/compare", "/calculator"):
            page.goto(f"{server.url}{path}", wait_until="load")
            wait_for(lambda: operator.eq(*page.evaluate(SHEETS)))
            linked, _ = page.evaluate(SHEETS)
            assert len(linked) == len(set(linked))


def test_nothing_moves_while_the_numbers_change(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.page.evaluate(TELL_SHIFTS)
    visitor.play("250")
    visitor.status("done")
    visitor.find("#reset").click()
    visitor.expect_step(0)
    assert visitor.page.evaluate("() => shifts") == []
