"""Ids: unique on each page, and of one meaning on all of them."""

import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

TEMPLATES = Path(__file__).parents[3] / "templates"
PAGES = [
    *("/", "/compare", "/calculator", "/connection", "/privacy"),
    *("/room", "/room/ABC234", "/room/ABC234/console", "/room/ABC234/projector"),
]
VOID = {"input", "link", "meta", "br", "img", "hr", "path", "circle"}
WRITTEN = re.compile(r'\bid="([\w-]+)"|\b(tip|reason)\(\s*"([\w-]+)"')
"""An id in a template: as it is, or given to a macro, which writes it with the macro's name behind it."""


class Element(NamedTuple):
    """What an id stands for: the element, its role or type, and the words in it."""

    tag: str
    role: str
    words: str


class Ids(HTMLParser):
    """The elements with an id of a page. repeated: ids that more than one of them has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: dict[str, Element] = {}
        self.repeated: list[str] = []
        self._open: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        id_ = values.get("id")
        if id_ is not None:
            if id_ in self.elements:
                self.repeated.append(id_)
            self.elements[id_] = Element(tag, values.get("role") or values.get("type") or "", "")
        if tag not in VOID:
            self._open.append((tag, id_))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(tag == "script" for tag, _ in self._open):
            return
        for _, id_ in self._open:
            if id_ is not None:
                element = self.elements[id_]
                self.elements[id_] = element._replace(words=f"{element.words} {data.strip()}".strip())


def templates_of(id_: str) -> list[str]:
    """The templates that write an id."""
    found = []
    for path in TEMPLATES.glob("**/*.html"):
        written = {own or f"{given}-{macro}" for own, macro, given in WRITTEN.findall(path.read_text())}
        if id_ in written:
            found.append(path.name)
    return sorted(found)


@pytest.mark.parametrize("path", PAGES)
def test_no_id_is_on_a_page_twice(client: httpx.Client, path: str) -> None:
    ids = Ids(client.get(path).text)
    assert len(ids.elements) > 10
    assert ids.repeated == []


def test_an_id_on_several_pages_means_the_same_on_each(client: httpx.Client) -> None:
    """One template writes it for all of them, or each has the same kind of element with the same words."""
    meanings: dict[str, set[Element]] = defaultdict(set)
    for path in PAGES:
        for id_, element in Ids(client.get(path).text).elements.items():
            meanings[id_].add(element)
    several = {
        id_: (templates_of(id_), sorted(elements))
        for id_, elements in meanings.items()
        if len(elements) > 1 and len(templates_of(id_)) != 1
    }
    assert several == {}


def test_two_meanings_of_an_id_are_seen() -> None:
    one, other = (Ids(f'<main><br><p id="loss">{words}</p></main>').elements for words in ("a", "b"))
    assert one["loss"] != other["loss"]
    assert Ids('<p id="loss"></p><div><p id="loss"></p></div>').repeated == ["loss"]
    assert templates_of("status") == ["macros.html"]
    assert templates_of("lr-tip") == []
    assert templates_of("compare-tip") == ["calculator.html"]
