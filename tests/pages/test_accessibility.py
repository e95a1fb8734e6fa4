"""Everyone can use the pages: axe finds nothing in any state of theirs."""

from pathlib import Path
from typing import Any

import pytest

from app.web.pages.examples.gallery import GALLERY
from tests.pages.conftest import Visit
from tests.pages.visitor import PHONE, Visitor

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async (include) => {
  const options = { preload: false, resultTypes: ["violations"], selectors: false };
  return (await axe.run(include ? { include } : document, options)).violations;
}"""
STOPPED = "import torch\ntorch.ones(2, requires_grad=True).exp().backward()"


def expect_no_violation(visitor: Visitor, *parts: str) -> None:
    """parts: selectors of what has changed since all of the page was looked at, which takes a second."""
    if not visitor.page.evaluate("() => 'axe' in globalThis"):
        visitor.page.evaluate(AXE.read_text())
    # Without a copy of the style sheets, which axe would put into the page against its policy.
    found: list[dict[str, Any]] = visitor.page.evaluate(RUN, [[part] for part in parts] or None)
    assert {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in found} == {}


def test_axe_finds_nothing_in_any_state_of_the_training_page(visit: Visit) -> None:
    with visit(locale="zh-CN") as visitor:
        visitor.open_training()
        expect_no_violation(visitor)
        visitor.play("1")
        visitor.status("busy")
        expect_no_violation(visitor, ".bar")
        visitor.find("#play").click()
        visitor.status("still")
        visitor.find("#theme").click()
        expect_no_violation(visitor)
        visitor.set("lr", "0")
        visitor.find("#lr-reason").wait_for()
        expect_no_violation(visitor, "#settings")
        visitor.find("#save summary").click()
        expect_no_violation(visitor, "#code")
        visitor.find("#edit-script").click()
        expect_no_violation(visitor, "#code")
        visitor.set("lr", "500")
        visitor.play("")
        visitor.status("bad")
        expect_no_violation(visitor, ".bar", "#trouble", "#past", "#settings")
        visitor.find("#theme").click()
        expect_no_violation(visitor, ".bar", "#trouble", "#past", "#settings")
        visitor.find("#reset").click()
        visitor.set("max_steps", "5")
        visitor.set("lr", "0.2")
        visitor.play()
        visitor.status("done")
        expect_no_violation(visitor, ".bar")
        visitor.find("#projector").click()
        expect_no_violation(visitor)
        visitor.find("#shortcuts-open").click()
        expect_no_violation(visitor, "#shortcuts")
        visitor.page.goto(f"{visitor.url}/?run=AAAAAAAAAAAAAAAAAAAAAA")
        visitor.status("bad")
        expect_no_violation(visitor, ".bar", "#settings")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_calculator_page(visit: Visit, theme: str) -> None:
    with visit(locale="zh-CN") as visitor:
        visitor.page.context.add_cookies([{"name": "theme", "value": theme, "url": visitor.url}])
        visitor.open_calculator()
        visitor.find("#bench .player input").fill("7")
        expect_no_violation(visitor)
        visitor.run_program()
        visitor.status("done")
        visitor.find("#glossary summary").click()
        visitor.find("#build").click()
        expect_no_violation(visitor, "#glossary", "#builder")
        visitor.run_program(STOPPED)
        visitor.status("bad")
        visitor.find("#compare").click()
        visitor.status("bad")
        expect_no_violation(visitor)
        for shelf in ("gallery", "clinic"):
            visitor.find(f"#{shelf}-open").click()
            expect_no_violation(visitor, f"#{shelf}")
            visitor.page.keyboard.press("Escape")
        visitor.find("#shortcuts-open").click()
        expect_no_violation(visitor, "#shortcuts")
        visitor.page.keyboard.press("Escape")
        visitor.find("#compare").click()
        visitor.run_program(GALLERY["weights"].program)
        visitor.status("done")
        visitor.find("#projector").click()
        expect_no_violation(visitor)


def test_axe_finds_nothing_on_a_phone(visit: Visit) -> None:
    with visit(viewport=PHONE, has_touch=True, is_mobile=True) as visitor:
        visitor.open_training()
        expect_no_violation(visitor)
        visitor.open_calculator()
        visitor.run_program(GALLERY["weights"].program)
        visitor.status("done")
        expect_no_violation(visitor)
