"""Behind a firewall that lets no WebSocket through, as those of schools do."""

from playwright.sync_api import expect

from tests.pages.proxy import proxied
from tests.pages.test_live import ENDLESS, more_rounds
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
        told = [complaint for complaint in visitor.complaints if "Unexpected response code: 403" in complaint]
        assert len(told) == proxy.refused == 4
        visitor.complaints[:] = [complaint for complaint in visitor.complaints if complaint not in told]
