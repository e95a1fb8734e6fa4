"""A page works the same from its one bundle and from its modules one by one."""

from urllib.parse import urlsplit

from app.settings import Settings
from tests.pages.visitor import Visitor
from tests.pages.windows import Windows
from tests.web.in_process import in_thread


def scripts(visitor: Visitor) -> list[str]:
    """The scripts of ours that the page asks for from now on."""
    asked: list[str] = []

    def note(address: str) -> None:
        path = urlsplit(address).path
        if "/js/" in path:
            asked.append(path.partition("/js/")[2])

    visitor.page.on("request", lambda request: note(request.url))
    return asked


def test_each_page_asks_for_one_script(visitor: Visitor) -> None:
    asked = scripts(visitor)
    for open_page, script in (
        (visitor.open_training, "train.js"),
        (visitor.open_calculator, "calculator.js"),
    ):
        asked.clear()
        open_page()
        assert asked == [script]


def test_whoever_works_on_the_scripts_gets_them_one_by_one(windows: Windows) -> None:
    with in_thread(Settings(dev=True)) as site, windows.visiting(site.url) as visitor:
        asked = scripts(visitor)
        visitor.open_training()
        assert len(asked) == len(set(asked)) > 50
        assert {"train.js", "chrome.js"} < set(asked)
