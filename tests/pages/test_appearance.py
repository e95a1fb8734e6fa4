"""Dark and light, and the page that never flashes the other one."""

from playwright.sync_api import expect

from tests.pages.conftest import Visit
from tests.pages.visitor import Visitor
from tests.server import wait_for

PAPER = "() => getComputedStyle(document.querySelector('.masthead')).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(24, 32, 43)"


def curve_colour(visitor: Visitor) -> str:
    return visitor.find("#fit .scatterlayer .js-line").last.evaluate("(line) => line.style.stroke")  # type: ignore[no-any-return]


def test_dark_is_a_choice_that_both_pages_remember(visitor: Visitor) -> None:
    visitor.open_training()
    assert visitor.page.evaluate(PAPER) == LIGHT
    light = curve_colour(visitor)
    visitor.find("#theme").click()
    assert visitor.page.evaluate(PAPER) == DARK
    wait_for(lambda: curve_colour(visitor) != light)
    visitor.open_calculator()
    assert visitor.page.evaluate(PAPER) == DARK
    expect(visitor.find("#theme")).to_have_attribute("aria-pressed", "true")
    visitor.find("#theme").click()
    visitor.open_training()
    assert visitor.page.evaluate(PAPER) == LIGHT


def test_a_dark_page_is_dark_before_any_script_runs(visit: Visit) -> None:
    with visit(java_script_enabled=False) as visitor:
        visitor.page.context.add_cookies([{"name": "theme", "value": "dark", "url": visitor.url}])
        visitor.page.goto(f"{visitor.url}/calculator")
        expect(visitor.find("html")).to_have_attribute("data-theme", "dark")


def test_an_unknown_theme_is_the_light_one(visit: Visit) -> None:
    with visit() as visitor:
        visitor.page.context.add_cookies([{"name": "theme", "value": '"><script>', "url": visitor.url}])
        visitor.open_calculator()
        expect(visitor.find("html")).to_have_attribute("data-theme", "light")
