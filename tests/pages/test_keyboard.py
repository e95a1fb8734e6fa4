"""Both pages without a mouse."""

import pytest
from playwright.sync_api import expect

from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import Visitor

UNTOLD = """() => {
  const controls = document.querySelectorAll("button, input, select, summary.button");
  const told = (control) => control.closest(".tipped, .field")?.querySelector(".tip") ||
    (control.getAttribute("aria-describedby") ?? "").split(" ").some((id) => id.endsWith("-tip"));
  return [...controls]
    .filter((control) => control.offsetParent && !told(control))
    .filter((control) => !control.closest(".menu-items, .card"))
    .map((control) => control.outerHTML.slice(0, 120));
}"""
"""Controls in sight without a tip, but for those in menus and on cards, whose words say what they do."""


def test_space_plays_and_pauses_right_steps_and_r_resets(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.page.keyboard.press("ArrowRight")
    visitor.expect_step(1)
    visitor.page.keyboard.press("Space")
    expect(visitor.find("#play")).to_have_attribute("data-playing", "")
    visitor.page.keyboard.press("Space")
    assert visitor.status("still").startswith("Paused")
    visitor.page.keyboard.press("r")
    visitor.expect_step(0)


def test_keys_belong_to_the_field_that_has_the_focus(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.find("#hidden").press("End")
    for key in ("r", "ArrowRight", "Space"):
        visitor.page.keyboard.press(key)
    expect(visitor.find("#hidden")).to_have_value("10r ")
    visitor.expect_step(0)
    assert "Ready" in visitor.status("still")


def test_space_after_a_click_plays_and_after_tab_presses_the_button(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.find("#step").click()
    visitor.expect_step(1)
    visitor.page.keyboard.press("Space")
    expect(visitor.find("#play")).to_have_attribute("data-playing", "")
    visitor.page.keyboard.press("Space")
    visitor.status("still")
    visitor.find("#reset").focus()
    visitor.page.keyboard.press("Space")
    visitor.expect_step(0)
    assert "Ready" in visitor.status("still")


def test_a_click_on_play_first_sends_what_was_typed(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.find("#max_steps").fill("15")
    visitor.play()
    visitor.status("done")
    visitor.expect_step(15)


def test_shortcuts_can_be_switched_off_and_stay_so(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.page.keyboard.press("?")
    visitor.find("#keys").uncheck()
    visitor.page.keyboard.press("Escape")
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.reload()
    visitor.find('#reset[aria-disabled="false"]').wait_for()
    visitor.page.keyboard.press("?")
    expect(visitor.find("#shortcuts")).to_be_hidden()
    expect(visitor.find("#keys")).not_to_be_checked()
    visitor.page.keyboard.press("ArrowRight")
    visitor.find("#step").click()
    visitor.expect_step(1)


def test_the_sheet_of_shortcuts_opens_with_a_question_mark_and_takes_all_keys(visitor: Visitor) -> None:
    for open_page in (visitor.open_training, visitor.open_calculator):
        open_page()
        visitor.page.keyboard.press("?")
        sheet = visitor.find("#shortcuts")
        expect(sheet).to_be_visible()
        expect(sheet).to_contain_text("projector")
        visitor.page.keyboard.press("p")
        expect(visitor.find("html")).not_to_have_attribute("data-projector", "")
        visitor.page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        visitor.find("#shortcuts-open").click()
        visitor.find("#shortcuts-close").click()
        expect(sheet).to_be_hidden()


def test_every_control_is_reached_by_tab_with_a_visible_focus(visitor: Visitor) -> None:
    visitor.open_training()
    wanted = {
        "play",
        "step",
        "count",
        "pace",
        "reset",
        "new-seed",
        "theme",
        "projector",
        "shortcuts-open",
        "script",
        "edit-script",
        "optimizer",
        "scheduler",
        "log",
        "seed",
        "hidden",
        "lr",
        "zero_grad",
    }
    reached: set[str] = set()
    for _ in range(100):
        visitor.page.keyboard.press("Tab")
        focus = visitor.page.evaluate(
            """() => {
              const { id, tagName, parentElement } = document.activeElement;
              // The slider's ring is as wide as its track, which what is around it draws.
              const [place, part] = id === "scrub" ? [parentElement, "::after"] : [document.activeElement];
              return { id, tagName, ring: getComputedStyle(place, part).outlineStyle };
            }"""
        )
        if focus["tagName"] == "BODY":
            break
        assert focus["ring"] != "none", focus
        reached.add(focus["id"])
    assert wanted <= reached


def test_a_tip_shows_on_focus_and_escape_puts_it_away(tab: SharedTab) -> None:
    visitor = tab.renew()
    tip = visitor.find("#lr-tip")
    expect(tip).to_be_hidden()
    visitor.find("#lr").focus()
    visitor.page.keyboard.press("Tab")
    expect(tip).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_every_control_has_a_name_and_one_sentence(tab: SharedTab) -> None:
    visitor = tab.renew()
    undescribed = visitor.page.evaluate(
        """() => [...document.querySelectorAll("main :is(button, input, select)")]
          .filter((control) => control.checkVisibility() && !control.matches("#log, .menu-items *"))
          .filter((control) => !(control.getAttribute("aria-describedby") ?? "").split(" ")
            .some((id) => document.getElementById(id)?.textContent.trim().length > 20))
          .map((control) => control.outerHTML)"""
    )
    assert undescribed == []


def test_tab_indents_and_escape_lets_go_of_the_editor(calculator: Visitor) -> None:
    visitor = calculator
    program = visitor.find("#program")
    program.fill("def f():")
    program.press("Enter")
    visitor.page.keyboard.type("return 1")
    expect(program).to_have_value("def f():\n    return 1")
    program.press("Shift+Tab")
    expect(program).to_have_value("def f():\nreturn 1")
    program.press("End")
    program.press("Tab")
    expect(program).to_have_value("def f():\nreturn 1    ")
    program.press("Control+a")
    program.press("Tab")
    expect(program).to_have_value("    def f():\n    return 1    ")
    expect(program).to_be_focused()
    program.press("Escape")
    program.press("Tab")
    expect(program).not_to_be_focused()


def test_control_enter_runs_the_program_wherever_the_focus_is(visitor: Visitor) -> None:
    visitor.open_calculator()
    visitor.page.keyboard.press("?")
    expect(visitor.find("#shortcuts")).to_contain_text("runs the program")
    visitor.find("#keys").uncheck()
    visitor.page.keyboard.press("Escape")
    visitor.find("#as-typed").uncheck()
    for answer, place in enumerate(("#program", "#theme", "#graph .node >> nth=0")):
        visitor.find("#program").fill(f"import torch\nprint(torch.ones(1, requires_grad=True) + {answer})")
        visitor.find(place).focus()
        visitor.page.keyboard.press("Control+Enter")
        expect(visitor.find("#printed")).to_contain_text(f"tensor([{answer + 1}.]")
        visitor.status("done")


def test_a_program_put_in_is_drawn_at_once_and_each_key_draws_one_line(calculator: Visitor) -> None:
    visitor = calculator
    visitor.find("#as-typed").uncheck()
    program = visitor.find("#program")
    program.fill("\n".join(f"x{i} = {i}  # the line" for i in range(300)))
    painted = visitor.find("#bench .editor-paint > span")
    expect(painted).to_have_count(300)
    expect(visitor.find("#bench .editor-numbers > span").last).to_have_text("300")
    visitor.page.evaluate(
        """() => {
          globalThis.drawn = 0;
          new MutationObserver((changes) => {
            for (const { addedNodes } of changes) drawn += addedNodes.length;
          }).observe(document.querySelector("#bench .editor-paint"), { childList: true });
        }"""
    )
    program.press("Control+Home")
    visitor.page.keyboard.type("ab")
    expect(painted.first).to_have_text("abx0 = 0  # the line")
    assert visitor.page.evaluate("() => drawn") <= 2
    program.press("Enter")
    expect(painted).to_have_count(301)
    assert program.input_value() == "\n".join(painted.all_inner_texts())


@pytest.mark.parametrize("path", ["/", "/compare", "/calculator"])
def test_every_control_has_a_tip(visitor: Visitor, path: str) -> None:
    visitor.page.goto(visitor.url + path)
    visitor.find('#reset[aria-disabled="false"], #bench .card').first.wait_for()
    for closed in visitor.find("summary:not(.button):visible").all():
        closed.click()
    assert visitor.page.evaluate(UNTOLD) == []
