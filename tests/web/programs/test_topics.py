"""`GET /api/topics`: what messages from elsewhere mean."""

import httpx

from app.protocol.topics import TOPICS
from app.web.pages.examples.clinic import CLINIC


def test_every_topic_with_a_message_is_told_in_the_readers_language(client: httpx.Client) -> None:
    english, chinese = (
        client.get("/api/topics", headers={"Accept-Language": code}).json()["confusions"]
        for code in ("en", "zh")
    )
    assert [one["topic"] for one in english] == [key for key, topic in TOPICS.items() if topic.patterns]
    assert all(one["explanation"] == TOPICS[one["topic"]].explanation for one in english)
    assert all(not one[text].isascii() for one in chinese for text in ("explanation", "remedy"))
    assert not any("(?P<" in pattern for one in english for pattern in one["patterns"])


def test_the_clinic_is_on_the_page_with_its_explanations_filled_in(client: httpx.Client) -> None:
    page = client.get("/calculator", params={"lang": "en"}).text
    clinic = page.partition('id="clinic"')[2]
    assert clinic.count("data-program=") == len(CLINIC) >= 15
    assert "Here the first is 2x3 and the second 2x3" in clinic
    assert "{" not in clinic.partition("</dialog>")[0]
