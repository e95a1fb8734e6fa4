"""Behind a firewall that lets no WebSocket through, as those of schools do."""

import re

from playwright.sync_api import expect

from tests.pages.proxy import proxied
from tests.pages.test_live import ENDLESS, more_rounds
from tests.pages.visitor import Visitor
from tests.pages.windows import Windows
from tests.server import Server, wait_for

BLOCKED = "Something between here and the server blocks WebSockets. The pages do without them."


def test_where_websockets_are_blocked_everything_works_without(windows: Windows, server: Server) -> None:
    server.wait_until("engine", "sandbox")
    with proxied(server.url, blocks=True) as proxy, windows.visiting(proxy.url) as visitor:
        visitor.open_training("?max_steps=100000")
        visitor.calm()
        first = visitor.drawn_curve()
        visitor.play("60")
        wait_for(lambda: len(visitor.state("losses")) > 100)
        visitor.find("#play[data-playing]").click()
        visitor.status("still")
        assert visitor.drawn_curve() != first
        with server.client() as client:
            assert (
                visitor.state("losses") == client.get(f"/api/runs/{visitor.run_id()}/losses").json()["losses"]
            )
        assert proxy.refused == 3
        visitor.open_calculator()
        visitor.run_program(ENDLESS)
        more_rounds(visitor, 12)
        visitor.find('#live-panel [data-live="stop"]').click()
        expect(visitor.find("#live-panel .live-words")).to_contain_text("Stopped.")
        expect(visitor.find("#printed")).to_have_text("begins\n")
        assert proxy.refused == 3, "the tab remembers"
        visitor.page.goto(f"{proxy.url}/connection?lang=en")
        assert visitor.status("done") == BLOCKED
        assert refusals(visitor) == proxy.refused == 4


def test_a_member_follows_answers_and_sees_the_reveal_without_websockets(
    windows: Windows, server: Server
) -> None:
    server.wait_until("engine", "sandbox")
    with (
        proxied(server.url, blocks=True) as proxy,
        windows.visiting(proxy.url) as member,
        server.client() as teacher,
    ):
        room = teacher.post("/api/rooms", json={}).json()
        teacher.headers["Authorization"] = f"Bearer {room['owner_token']}"
        path = f"/api/rooms/{room['id']}"
        member.page.goto(f"{proxy.url}/room/{room['code']}")
        member.find("#door-name .button-main").click()
        expect(member.find("#seat-empty")).to_be_visible()
        assert proxy.refused == 3
        teacher.put(f"{path}/lesson", json={"lesson": "01-backward", "step": 2}).raise_for_status()
        stage = member.page.frame_locator("#room-stage .stage-frame:not([data-waits])")
        expect(stage.locator("#program")).to_have_value(re.compile(r"z\.backward\(\)"))
        member.find("#question input").fill("24")
        member.find('#question [data-part="send"]').click()
        expect(member.find(".question-words")).to_contain_text("Your answer is in.")
        for action in ("lock", "reveal"):
            teacher.post(f"{path}/questions/1/{action}").raise_for_status()
        expect(member.find("#question .ask-verdict")).to_have_text("✓ You were right.")
        expect(stage.locator("#printed")).to_have_text("tensor([24.])\n")
        assert refusals(member) == proxy.refused == 3, "the frames of the tab know, too"


def refusals(visitor: Visitor) -> int:
    """How many refused WebSockets the console tells of, which no other test is to find there."""
    told = [complaint for complaint in visitor.complaints if "Unexpected response code: 403" in complaint]
    visitor.complaints[:] = [complaint for complaint in visitor.complaints if complaint not in told]
    return len(told)
