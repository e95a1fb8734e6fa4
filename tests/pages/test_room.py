"""A classroom: the teacher shows and asks, the class follows and predicts, torch decides."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import FrameLocator, Locator, WebSocket, WebSocketRoute, expect

from tests.pages.test_accessibility import expect_no_violation
from tests.pages.visitor import PHONE, Visitor
from tests.pages.windows import Windows
from tests.server import Server

REACHED = "http://10.20.30.40:8000"
"""An address of the server as other machines would reach it: here it listens on this one alone."""
CALM: dict[str, Any] = {"locale": "en-US", "reduced_motion": "reduce"}
PHONE_IN_CHINESE = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "locale": "zh-CN"}
CHOICES = '[data-way^="choice"]'


class Class(NamedTuple):
    """Everybody's pages, and what the laptop is told of its room."""

    teacher: Visitor
    console: Visitor
    projector: Visitor
    laptop: Visitor
    phone: Visitor
    heard: list[dict[str, Any]]

    @property
    def everybody(self) -> tuple[Visitor, ...]:
        return self[:5]


@pytest.fixture(scope="module")
def pages(windows: Windows, server: Server) -> Iterator[Class]:
    """A room that the teacher has opened, with two students in it, for all tests of the file."""
    server.wait_until("engine")
    with ExitStack() as stack:
        teacher, laptop = (stack.enter_context(windows.visiting(**CALM)) for _ in range(2))
        phone = stack.enter_context(windows.visiting(**CALM | PHONE_IN_CHINESE))
        console, projector = (Visitor(teacher.page.context.new_page(), teacher.url) for _ in range(2))
        projector.page.route_web_socket("**/api/rooms/*/stream", reached)
        pages = Class(teacher, console, projector, laptop, phone, messages_of(laptop))
        join(pages)
        yield pages
        assert [*console.complaints, *projector.complaints] == []


def reached(socket: WebSocketRoute) -> None:
    """Passes on what the server says, as if it listened to the network."""
    server = socket.connect_to_server()

    def told(message: str | bytes) -> None:
        if isinstance(message, str) and (record := json.loads(message))["type"] == "room":
            message = json.dumps({**record, "addresses": [REACHED]})
        socket.send(message)

    server.on_message(told)


def messages_of(visitor: Visitor) -> list[dict[str, Any]]:
    """All that a page is told of its room from now on."""
    heard: list[dict[str, Any]] = []

    def follow(socket: WebSocket) -> None:
        if "/api/rooms/" in socket.url:
            socket.on("framereceived", lambda frame: heard.append(json.loads(frame)))

    visitor.page.on("websocket", follow)
    return heard


def stage(visitor: Visitor) -> FrameLocator:
    """What the teacher shows, once all of it is there."""
    return visitor.page.frame_locator("#room-stage .stage-frame:not([data-waits])")


def draw(pad: Locator, *places: tuple[float, float]) -> None:
    """Draws with the mouse from place to place, each a share of the picture's width and height."""
    box = pad.bounding_box()
    assert box is not None
    mouse = pad.page.mouse
    across = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    mouse.move(*across[0])
    mouse.down()
    for place in across[1:]:
        mouse.move(*place, steps=5)
    mouse.up()


def ask(pages: Class, title: str) -> None:
    """The teacher asks one of the questions on offer."""
    pages.teacher.find("#room-ask").click()
    pages.teacher.find("#asks .shelf-item", has_text=title).click()
    expect(pages.teacher.find("#asking")).to_be_hidden()


def control(visitor: Visitor, action: str) -> None:
    """Locks, reveals or closes the question, from the teacher's page or the console."""
    visitor.find(f':is(#room-question, #console-question) [data-key="{action}"]').click()


def expect_no_tally(pages: Class) -> None:
    """Nobody's page has any of the answers of others in it, and no answer of torch's."""
    for visitor in pages.everybody:
        expect(visitor.find(".bars, .sketch-all path, .truth, .roll-answer")).to_have_count(0)


def join(pages: Class) -> None:
    """The teacher opens a room, and both students join: by the code as it is typed, and by the address."""
    teacher, console, projector, laptop, phone, _ = pages
    teacher.open_training()
    teacher.find("#room-open").click()
    expect(teacher.find("#bar-code")).to_have_text(re.compile(r"^\w{3} \w{3}$"))
    code = teacher.find("#bar-code").inner_text()
    address = f"{teacher.url}/room/{code.replace(' ', '')}"
    console.page.goto(f"{address}/console")
    projector.page.goto(f"{address}/projector")
    expect(projector.find("#join-code")).to_have_text(code)
    expect(projector.find("#join-address")).to_have_text("10.20.30.40:8000/room")
    expect(projector.find("#join-scan img")).to_have_js_property("complete", value=True)
    assert projector.find("#join-scan img").evaluate("(image) => image.naturalWidth") > 0
    laptop.page.goto(f"{laptop.url}/room")
    laptop.find("#typed-code").press_sequentially(code.lower())
    phone.page.goto(address)
    expect_no_violation(phone)
    names = []
    for member in (laptop, phone):
        expect(member.find("#suggested")).not_to_be_empty()
        names.append(member.find("#suggested").inner_text())
        member.find("#door-name .button-main").click()
        expect(member.find("#room-me")).to_have_text(names[-1])
    expect(console.find(".roll-name")).to_have_text(names)
    expect(projector.find("#hall-present")).to_have_text("2 are here")
    expect(projector.find("body")).not_to_contain_text(names[0])


def test_what_the_teacher_does_and_looks_at_is_on_every_screen(pages: Class) -> None:
    teacher, _, projector, laptop, phone, _ = pages
    teacher.find("#room-show").click()
    teacher.run_steps(30)
    for visitor in (laptop, phone, projector):
        expect(stage(visitor).locator("#step-count")).to_have_text("30")
        expect(stage(visitor).locator("#play")).to_be_hidden()
    teacher.find("#scrub").fill("10")
    for visitor in (laptop, phone, projector):
        expect(stage(visitor).locator("#step-count")).to_have_text("10")
    laptop.find("#try").click()
    own = laptop.page.frame_locator("#own .stage-frame")
    expect(own.locator("#step-count")).to_have_text("10")
    own.locator('#step[aria-disabled="false"]').click()
    expect(own.locator("#step-count")).to_have_text("11")
    laptop.find("#follow").click()
    expect(stage(laptop).locator("#step-count")).to_have_text("10")


def test_a_curve_is_sketched_by_mouse_and_by_keys_and_torch_draws_over_all(pages: Class) -> None:
    teacher, _, projector, laptop, phone, heard = pages
    ask(pages, "Sketch the curve")
    draw(laptop.find(".sketch-pad"), (0.02, 0.2), (0.5, 0.8), (0.98, 0.2))
    phone.find(".sketch-pad").focus()
    for key in ["Home", *["Shift+ArrowRight"] * 10]:
        phone.page.keyboard.press(key)
    for member in (laptop, phone):
        member.find('[data-part="send"]').click()
    expect(laptop.find(".question-words")).to_have_text(
        "✓ Your answer is in. You can change it until the lock."
    )
    expect(laptop.find("#live")).to_have_text("✓ Your answer is in. You can change it until the lock.")
    expect(projector.find("#hall-count")).to_have_text("2 of 2 answered")
    for member in (laptop, phone):
        expect_no_violation(member)
    expect_no_tally(pages)
    control(teacher, "lock")
    expect(laptop.find(".sketch-pad")).to_have_attribute("aria-disabled", "true")
    expect_no_tally(pages)
    control(teacher, "reveal")
    expect(projector.find(".sketch-all path")).to_have_count(2)
    expect(projector.find(".sketch-torch")).to_have_attribute("d", re.compile("^M"))
    expect(laptop.find(".truth-shown")).to_contain_text("200")
    expect_no_violation(projector)
    expect(teacher.find("#room-show")).to_have_attribute("aria-pressed", "false")
    control(teacher, "close")
    expect(laptop.find("#question")).to_be_hidden()
    # What was followed before is followed again, and goes on to be.
    expect(teacher.find("#room-show")).to_have_attribute("aria-pressed", "true")
    teacher.find("#scrub").fill("20")
    expect(stage(laptop).locator("#step-count")).to_have_text("20")
    questions = [message["question"] for message in heard if message.get("question")]
    assert {question["phase"] for question in questions} >= {"open", "locked", "revealed"}
    for question in questions:
        if question["phase"] != "revealed":
            assert (question["tallies"], question["truth"], question["right"]) == ([], None, None)


def test_a_choice_is_made_in_two_rounds_and_a_member_who_reloads_is_the_same(pages: Class) -> None:
    _, console, projector, laptop, phone, _ = pages
    name = phone.find("#room-me").inner_text()
    ask(pages, "Which one wins?")
    for member, choice in ((laptop, 0), (phone, 1)):
        member.find(CHOICES).nth(choice).click()
        expect(member.find(CHOICES).nth(choice)).to_have_attribute("aria-pressed", "true")
    expect(console.find(".question-count")).to_have_text("2 of 2 answered")
    control(console, "lock")
    control(console, "again")
    for member in (laptop, phone):
        expect(member.find(f'{CHOICES}[aria-pressed="true"]')).to_have_count(0)
        member.find(CHOICES).nth(1).click()
    expect(console.find(".question-count")).to_have_text("Second round · 2 of 2 answered")
    phone.page.reload()
    expect(phone.find("#room-me")).to_have_text(name)
    expect(phone.find(CHOICES).nth(1)).to_have_attribute("aria-pressed", "true")
    expect_no_tally(pages)
    control(console, "lock")
    control(console, "reveal")
    for visitor in (console, projector, laptop, phone):
        right = visitor.find(".bars-row[data-right]")
        expect(right.locator(".bars-label")).to_have_text("lr=0.2✓ torch")
        expect(right.locator(".bars-count")).to_have_text(["1 · 50%", "2 · 100%"])
    expect(laptop.find(".ask-verdict")).to_have_text("✓ You were right.")
    expect_no_violation(console)
    control(console, "close")


def test_runs_are_ranked_a_poll_is_asked_and_the_results_are_saved(pages: Class) -> None:
    _, console, projector, laptop, phone, _ = pages
    ask(pages, "Rank them")
    rows = laptop.find(".rank-item")
    first, last = rows.nth(0).bounding_box(), rows.nth(2).bounding_box()
    assert first is not None
    assert last is not None
    mouse = laptop.page.mouse
    mouse.move(first["x"] + 40, first["y"] + first["height"] / 2)
    mouse.down()
    mouse.move(first["x"] + 40, last["y"] + last["height"] / 2, steps=8)
    mouse.up()
    expect(laptop.find(".rank-label")).to_have_text(["lr=0.2", "lr=2", "lr=0.02"])
    phone.find('.rank-move[data-key="up 1"]').focus()
    phone.page.keyboard.press("Enter")
    expect(phone.find(".rank-label")).to_have_text(["lr=0.2", "lr=0.02", "lr=2"])
    for member in (laptop, phone):
        member.find('[data-part="send"]').click()
    expect(console.find(".question-count")).to_have_text("2 of 2 answered")
    control(console, "close")
    console.find("#console-ask > summary").click()
    console.find(".poll > summary").click()
    console.find("#poll-text").fill("Shall we <b>go on</b>?")
    console.find("#poll-choices").fill("Yes\n\nNot yet\n")
    console.find(".poll .button-main").click()
    expect(projector.find("#hall-text")).to_have_text("Shall we <b>go on</b>?")
    expect(phone.find(CHOICES)).to_have_text(["Yes", "Not yet"])
    phone.find(CHOICES).nth(1).click()
    expect(console.find(".question-count")).to_have_text("1 of 2 answered")
    control(console, "lock")
    control(console, "reveal")
    expect(projector.find(".bars-count")).to_have_text(["0 · 0%", "1 · 100%"])
    name = phone.find("#room-me").inner_text()
    console.find(".desk-more summary", has_text="Results").click()
    assert name not in saved(console, "csv").decode("utf-8-sig")
    console.find("#with-names").check()
    table = saved(console, "csv").decode("utf-8-sig")
    assert "Shall we <b>go on</b>?" in table
    assert name in table
    told = json.loads(saved(console, "json"))
    assert [len(one["rounds"]) for one in told["questions"]][-2:] == [0, 1]
    control(console, "close")


def saved(console: Visitor, form: str) -> bytes:
    """What the browser saves of the results."""
    with console.page.expect_download() as download:
        console.find(f'[data-results="{form}"]').click()
    return Path(download.value.path()).read_bytes()


def test_a_class_goes_through_a_lesson_and_each_does_the_task_alone(pages: Class) -> None:
    teacher, console, projector, laptop, phone, _ = pages
    console.page.goto(f"{teacher.url}/lessons/07-learning-rate#2")
    console.find("#lesson-class").click()
    expect(console.find("#lead-step")).to_have_text("Ten times as large")
    expect(projector.find("#hall-text")).to_have_text("Does the run diverge within 100 steps?")
    laptop.find(CHOICES).nth(1).click()
    expect(console.find(".question-count")).to_have_text("1 of 2 answered")
    expect_no_violation(console)
    expect(stage(laptop).locator("#step-count")).to_have_text("0")
    control(console, "lock")
    control(console, "reveal")
    expect(laptop.find(".ask-verdict")).to_have_text("✓ You were right.")
    console.find("#lead-next").click()
    expect(console.find("#lead-step")).to_have_text("Three rates")
    expect(projector.find("#room-stage")).to_have_attribute("data-shows", "comparison")
    console.find("#lead-next").click()
    expect(console.find("#lead-next")).to_be_hidden()
    expect(console.find("#lead-text")).to_contain_text("The task: Bring the loss below 0.01")
    console.find("#lead-play").click()
    expect(stage(laptop).locator("#step-count")).not_to_have_text("0")
    phone.find("#try").click()
    own = phone.page.frame_locator("#own .stage-frame")
    expect(own.locator("#lesson-step")).to_have_text("轮到你")
    scene = own.frame_locator("#lesson-frame")
    expect(scene.locator("#lr")).to_be_visible()
    expect(scene.locator("#hidden")).to_be_hidden()
    expect(own.locator("#lesson-class")).to_have_count(0)
    console.find("#lead-leave").click()
    expect(console.find("#lead-choice")).to_be_visible()


def test_who_is_removed_is_told_and_the_end_is_everybodys(pages: Class) -> None:
    teacher, console, projector, laptop, phone, _ = pages
    name = laptop.find("#room-me").inner_text()
    console.find(".roll-item", has_text=name).get_by_text("Remove").click()
    expect(laptop.find("#over-title")).to_have_text("You are no longer in the room.")
    console.find("#do-eyes").click()
    expect(phone.find("#eyes-up")).to_be_visible()
    for visitor in (console, projector):
        visitor.page.goto(f"{visitor.page.url}?lang=zh")
        expect(visitor.find("html")).to_have_attribute("lang", "zh")
    expect(console.find(".roll-item")).to_have_count(1)
    expect(projector.find("#hall-code")).not_to_be_empty()
    for visitor in (console, projector):
        expect_no_violation(visitor)
    console.find("#do-end").click()
    console.find("#ending-do").click()
    expect(phone.find("#over-title")).to_have_text("教室已经结束。")
    expect(teacher.find("#room-bar")).to_be_hidden()
