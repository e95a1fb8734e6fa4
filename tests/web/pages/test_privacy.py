"""The page about privacy tells the server's own times."""

from app.settings import Settings
from tests.web.in_process import client_of, served


async def test_it_tells_how_long_this_server_keeps_what() -> None:
    async with served(Settings(room_retention=36 * 3600.0)) as app, client_of(app) as client:
        english = (await client.get("/privacy", headers={"Accept-Language": "en"})).text
        chinese = (await client.get("/privacy", headers={"Accept-Language": "zh"})).text
        for told in ("<strong>30 days</strong>", "<strong>36 hours</strong>", "until nobody has used them"):
            assert told in english
        for told in ("<strong>30 天</strong>", "<strong>36 小时</strong>"):
            assert told in chinese
        for path in ("/lessons", "/room", "/connection", "/room/ABC234/console"):
            assert 'href="/privacy"' in (await client.get(path)).text
