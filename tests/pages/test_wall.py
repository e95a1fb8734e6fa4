"""The wall, and the class as one experiment: what everybody does is seen, and shown as they allow."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import httpx
import pytest
from playwright.sync_api import FrameLocator, expect

from tests.pages.test_accessibility import expect_no_violation
from tests.pages.test_room import CALM
from tests.pages.visitor import Visitor
from tests.pages.windows import Windows
from tests.server import Server

STEPS = 40


class Classmate:
    """A member without a page. run: their own."""

    def __init__(self, client: httpx.Client, code: str) -> None:
        self.client = client
        joined = client.post(f"/api/rooms/{code}/members", json={}).json()
        self.path = f"/api/rooms/{joined['id']}"
        self.number = joined["member_id"]
        self.bearer = {"Authorization": f"Bearer {joined['member_token']}"}
        self.run: dict[str, Any] = {}

    def change(self, **change: Any) -> None:
        answer = self.client.patch(f"{self.path}/members/{self.number}", json=change, headers=self.bearer)
        assert answer.is_success, answer.text

    def begin(self, lr: float) -> None:
        """Put a run on the wall."""
        self.run = self.client.post("/api/runs", json={"optimizer": {"lr": lr}}).json()
        self.change(run=self.run["id"])

    def take_part(self) -> None:
        """Ask for the run in the experiment."""
        self.run = self.client.post(f"{self.path}/experiment/run", headers=self.bearer).json()

    def train(self, steps: int) -> None:
        headers = {"Authorization": f"Bearer {self.run['owner_token']}"}
        answer = self.client.post(f"/api/runs/{self.run['id']}/steps", json={"count": steps}, headers=headers)
        assert answer.is_success, answer.text


class Class(NamedTuple):
    """The teacher's pages, a student's, and two members who have none."""

    teacher: Visitor
    console: Visitor
    projector: Visitor
    laptop: Visitor
    bob: Classmate
    cem: Classmate


@pytest.fixture(scope="module")
def pages(windows: Windows, server: Server) -> Iterator[Class]:
    """A room in which three train: one from the teacher's run, two with a rate of their own."""
    server.wait_until("engine")
    with ExitStack() as stack:
        teacher, laptop = (stack.enter_context(windows.visiting(**CALM)) for _ in range(2))
        console, projector = (Visitor(teacher.page.context.new_page(), teacher.url) for _ in range(2))
        client = stack.enter_context(server.client())
        teacher.open_training()
        teacher.find("#room-open").click()
        expect(teacher.find("#bar-code")).to_have_text(re.compile(r"^\w{3} \w{3}$"))
        code = teacher.find("#bar-code").inner_text().replace(" ", "")
        console.page.goto(f"{teacher.url}/room/{code}/console")
        projector.page.goto(f"{teacher.url}/room/{code}/projector")
        laptop.page.goto(f"{laptop.url}/room/{code}")
        laptop.find("#door-name .button-main").click()
        teacher.find("#room-show").click()
        teacher.run_steps(5)
        laptop.find("#try").click()
        expect(own(laptop).locator("#step-count")).to_have_text("5")
        bob, cem = (Classmate(client, code) for _ in range(2))
        bob.begin(0.05)
        cem.begin(500)
        bob.train(30)
        cem.train(1000)
        yield Class(teacher, console, projector, laptop, bob, cem)
        assert [*console.complaints, *projector.complaints] == []


def own(laptop: Visitor) -> FrameLocator:
    """The student's own page."""
    return laptop.page.frame_locator("#own .stage-frame:not([hidden])")


def expect_wall(visitor: Visitor, *pictures: str) -> None:
    """The first pictures, by the beginnings of their words."""
    tiles = visitor.find(".wall-tile")
    expect(tiles).to_have_count(3)
    for i, picture in enumerate(pictures):
        expect(tiles.nth(i)).to_have_attribute("aria-label", re.compile(f"^{re.escape(picture)}"))


def test_all_curves_are_on_the_wall_in_the_order_that_is_wanted(pages: Class) -> None:
    teacher, console, projector, laptop, bob, _ = pages
    teacher.find("#room-wall").click()
    name = laptop.find("#room-me").inner_text()
    expect_wall(projector, "#1, step 5, loss 0.", "#2, step 30, loss 0.", "#3, step")
    expect(projector.find("#wall")).not_to_contain_text(name)
    expect(projector.find(".wall-summary")).to_contain_text("2 stand still, 1 diverged")
    expect(teacher.find("#room-wall-words")).to_contain_text("2 stand still, 1 diverged")
    expect_no_violation(projector)
    colours = """(canvas) => new Set(
      new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)
    ).size"""
    assert projector.find(".wall-canvas").evaluate(colours) > 10
    console.find("#wall-sort").select_option("stuck")
    expect_wall(projector, "#3, step")
    console.find("#wall-sort").select_option("step")
    expect_wall(projector, "#2", "#1", "#3")
    console.find("#wall-overlay").check()
    expect(projector.find(".wall-canvas")).to_have_attribute(
        "aria-label", re.compile("^All curves in one chart: 2 stand still")
    )
    expect(projector.find(".wall-tile").first).to_be_hidden()
    console.find("#wall-overlay").uncheck()
    console.find("#wall-frozen").check()
    expect(projector.find(".wall-summary")).to_contain_text("Frozen · 2 stand still")
    bob.train(1)
    expect_wall(projector, "#2, step 30", "#1", "#3")
    console.find("#wall-frozen").uncheck()
    expect_wall(projector, "#2, step 31", "#1", "#3")
    console.find("#set-named").check()
    expect(projector.find(f'.wall-tile[aria-label^="{name}, step 5"]')).to_be_visible()
    console.find("#set-named").uncheck()
    expect_no_violation(console)


def test_a_run_is_shown_large_once_its_student_agrees_and_the_teacher_goes_on_with_it(pages: Class) -> None:
    _, console, projector, laptop, _, cem = pages
    console.find("#wall-sort").select_option("name")
    expect_wall(projector, "#1", "#2", "#3")
    projector.find(".wall-tile").last.click()
    expect(projector.find(".wall-tile").last).to_have_attribute("aria-label", re.compile("asked$"))
    cem.change(consents=False)
    expect(projector.find(".wall-tile").last).not_to_have_attribute("aria-label", re.compile("asked$"))
    console.find(".wall-tile[aria-label*=diverged]").click()
    expect(console.find("#console-words")).to_contain_text("does not want their run to be shown large.")
    projector.find(".wall-tile").first.focus()
    projector.page.keyboard.press("Enter")
    expect(laptop.find("#consent")).to_be_visible()
    expect(laptop.find("#live")).to_have_text("May the class see your run on the big screen?")
    expect_no_violation(laptop)
    laptop.find("#consent-yes").click()
    expect(projector.find("#wall-large-words")).to_have_text("On the big screen: #1")
    stage = projector.page.frame_locator("#room-stage .stage-frame:not([data-waits])")
    expect(stage.locator("#step-count")).to_have_text("5")
    with console.page.context.expect_page() as opened:
        console.find("#wall-fork").click()
    forked = Visitor(opened.value, console.url)
    expect(forked.find("#step-count")).to_have_text("5")
    expect(forked.find("#play")).to_be_visible()
    forked.page.close()
    # The word is taken back at any time.
    laptop.find("#may-show").click()
    expect(projector.find("#wall-large")).to_be_hidden()
    expect(projector.find(".wall-tile")).to_have_count(3)


def test_a_class_is_one_experiment_from_the_teachers_page_to_the_chart(pages: Class) -> None:
    teacher, console, projector, laptop, bob, cem = pages
    teacher.find("#room-experiment").click()
    teacher.find('#experimenting [value="lr"]').check()
    expect(teacher.find("#experiment-low")).to_have_value("0.02")
    expect(teacher.find("#experiment-high")).to_have_value("2")
    expect_no_violation(teacher)
    teacher.find("#experiment-steps").fill(str(STEPS))
    teacher.find("#experimenting .button-main").click()
    expect(laptop.find("#seat-words")).to_have_text("Yours is learning rate 0.02. Press play.")
    bob.take_part()
    cem.take_part()
    expect(own(laptop).locator("#max-steps")).to_have_text(str(STEPS))
    expect(own(laptop).locator('#step[aria-disabled="false"]')).to_be_visible()
    own(laptop).locator("#count").fill(str(STEPS))
    own(laptop).locator("#run-steps button").click()
    expect(laptop.find("#live")).to_contain_text("Yours, with learning rate 0.02, ended at a loss of 0.")
    for one in (bob, cem):
        one.train(STEPS)
    words = re.compile(r"^3 of 3 ended, 1 diverged, best 0\.\d+ with learning rate 0")
    laptop.find("#follow").click()
    for visitor in (projector, console, laptop):
        expect(visitor.find("#experiment-words")).to_have_text(words)
        expect(visitor.find(".ends-mark")).to_have_count(3)
        expect(visitor.find(".ends-cross")).to_have_count(1)
        expect(visitor.find(".ends-own")).to_have_count(1 if visitor is laptop else 0)
        expect_no_violation(visitor)
    # Who comes back has the same value, and the same run.
    laptop.page.reload()
    expect(own(laptop).locator("#step-count")).to_have_text(str(STEPS))
    expect(laptop.find("#seat-words")).to_contain_text(
        "Yours, with learning rate 0.02, ended at a loss of 0."
    )
    console.find("#do-close-experiment").click()
    expect(projector.find("#experiment")).to_be_hidden()
