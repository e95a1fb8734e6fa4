"""The page about the connection and the admin's page, in both languages and on a phone."""

from pydantic import SecretStr

from app.settings import Settings
from tests.pages.conftest import Visit
from tests.pages.test_accessibility import expect_no_violation
from tests.pages.visitor import PHONE, Visitor
from tests.pages.windows import Windows
from tests.web.in_process import in_thread
from tests.web.owner import Run

TOKEN = "correct horse battery"


def shown(visitor: Visitor, term: str) -> str:
    """The value beside a name."""
    return visitor.page.locator(".facts > div", has_text=term).first.locator("dd").inner_text()


def test_the_connection_is_measured_and_found_well(visit: Visit) -> None:
    with visit(viewport=PHONE) as visitor:
        visitor.page.goto(f"{visitor.url}/connection?lang=en")
        assert visitor.status("done") == "All is well between here and the server."
        assert shown(visitor, "Messages that came") == "100 / 100"
        assert len(shown(visitor, "number here")) == 32
        assert visitor.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        expect_no_violation(visitor)


def test_a_blocked_socket_and_a_silent_server_are_told_apart(visit: Visit) -> None:
    with visit() as visitor:
        visitor.page.route_web_socket("**/api/connection/stream", lambda socket: socket.close())
        visitor.page.goto(f"{visitor.url}/connection?lang=zh")
        visitor.page.route("**/api/connection", lambda route: route.abort())
        assert "服务器" in visitor.status("bad")


def test_the_admin_signs_in_sees_and_erases(windows: Windows) -> None:
    with (
        in_thread(Settings(admin_token=SecretStr(TOKEN))) as admins,
        admins.client() as client,
        windows.visiting(admins.url) as visitor,
    ):
        client.get("/")
        Run(client)
        digest = client.get("/api/connection").json()["client"]
        visitor.page.goto(f"{admins.url}/admin?lang=en")
        visitor.find("#token").fill("wrong")
        visitor.find("#sign-in button").click()
        visitor.find("#token-reason").get_by_text("not the admin's token").wait_for()
        visitor.find("#token").fill(TOKEN)
        visitor.find("#sign-in button").click()
        visitor.status("done")
        assert shown(visitor, digest) == "1"
        expect_no_violation(visitor)
        visitor.find("#client").fill(digest)
        visitor.find("#erase button").click()
        visitor.find("#status-text").get_by_text("1 run is deleted.").wait_for()
        assert visitor.page.locator(".facts", has_text=digest).count() == 0
        visitor.find("#sign-out").click()
        visitor.find("#token").wait_for()
        visitor.page.reload()
        visitor.find("#token").wait_for()
