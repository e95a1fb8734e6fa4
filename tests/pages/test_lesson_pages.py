"""Lessons on their pages: something is predicted, torch answers, a task is done and seen to be done."""

from playwright.sync_api import FrameLocator, expect

from tests.pages.conftest import Visit
from tests.pages.test_accessibility import expect_no_violation
from tests.pages.visitor import PHONE, Visitor
from tests.server import Server


def frame(visitor: Visitor) -> FrameLocator:
    return visitor.page.frame_locator("#lesson-frame")


def test_a_lesson_is_predicted_run_and_answered_by_torch(visit: Visit, server: Server) -> None:
    server.wait_until("engine", "sandbox")
    with visit(locale="en-US") as visitor:
        visitor.page.goto(f"{visitor.url}/lessons")
        visitor.page.get_by_role("link", name="The learning rate").click()
        expect(visitor.find("#lesson-title")).to_have_text("The learning rate")
        visitor.find("#lesson-next").click()
        expect(visitor.find("#lesson-place")).to_have_text("Step 2 of 4")
        expect(visitor.find("#lesson-step")).to_be_focused()
        expect(visitor.find("#lesson-cover")).to_be_visible()
        frame(visitor).locator('#play[aria-disabled="false"]').wait_for()
        expect_no_violation(visitor)
        visitor.find("#question").get_by_role("button", name="It diverges").click()
        expect(visitor.find("#lesson-wait")).to_be_visible()
        frame(visitor).locator("#play").click()
        visitor.find("#lesson-reveal").click()
        expect(visitor.find("#question .ask-verdict")).to_have_text("✓ You were right.")
        expect(visitor.find("#question .truth-shown")).to_contain_text("It diverges at step")
        # Only what the task is about can be changed.
        visitor.page.goto(f"{visitor.url}/lessons/07-learning-rate#4")
        visitor.page.reload()
        expect(frame(visitor).locator("#lr")).to_be_visible()
        for name in ("#hidden", "#target", "#seed", "#experiments-open", "#edit-points"):
            expect(frame(visitor).locator(name)).to_be_hidden()
        frame(visitor).locator('#play[aria-disabled="false"]').wait_for()
        visitor.find("#lesson-check").click()
        verdict = visitor.find("#lesson-verdict")
        expect(verdict).to_contain_text("optimizer.lr is still as it was.")
        frame(visitor).locator("#lr").fill("0.2")
        frame(visitor).locator("#lr").press("Enter")
        frame(visitor).locator("#play").click()
        frame(visitor).locator('#status[data-tone="done"]').wait_for()
        visitor.find("#lesson-check").click()
        expect(verdict).to_have_text("✓ Done: that is what the task asks for.")


def test_a_program_is_not_run_before_it_is_predicted(visit: Visit, server: Server) -> None:
    server.wait_until("sandbox")
    with visit(locale="zh-CN", viewport=PHONE) as visitor:
        visitor.page.goto(f"{visitor.url}/lessons/01-backward#2")
        expect(visitor.find("#lesson-program")).to_contain_text("z.backward()")
        assert visitor.find("#lesson-frame").get_attribute("src") == "about:blank"
        assert visitor.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        expect_no_violation(visitor)
        visitor.find("#question input").fill("24")
        visitor.find('#question [data-part="send"]').click()
        expect(visitor.find("#question .truth-shown")).to_have_text("tensor([24.])")
        expect(visitor.find("#lesson-program")).to_be_hidden()
        expect(frame(visitor).locator("#printed")).to_have_text("tensor([24.])\n")
        visitor.page.goto(f"{visitor.url}/lessons")
        visitor.find(".lesson-card").first.wait_for()
        expect_no_violation(visitor)
