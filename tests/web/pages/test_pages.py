"""The pages and the browser's files, as a browser asks for them."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.web.edge.catalogue import Catalogue
from app.web.edge.cookies import Cookies
from app.web.pages.assets import Assets
from app.web.pages.templates import Pages
from tests.server import Server
from tools.step import ROOT

PROJECTOR = "/room/ABC234/projector"
PAGES = [
    *("/", "/compare", "/calculator", "/connection", "/privacy"),
    *("/room", "/room/ABC234", "/room/ABC234/console", PROJECTOR),
]


class Page(HTMLParser):
    """The addresses that a page loads, and the texts of its data elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.language = ""
        self._data = ""
        self.messages = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang") or ""
        if tag == "link":
            self.loaded.append(values["href"] or "")
        if tag in ("script", "img"):
            self._data = values.get("id") or "" if values.get("type") == "application/json" else ""
            if values.get("src"):
                self.loaded.append(values["src"] or "")
            elif not self._data:
                self.inline.append(tag)
        self.inline += [name for name in values if name.startswith("on") or name == "style"]

    def handle_data(self, data: str) -> None:
        if self._data == "messages" and not self.messages:
            self.messages = data


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_only_what_is_there_and_from_here(client: httpx.Client, path: str) -> None:
    page = Page(client.get(path).text)
    assert page.loaded
    assert page.inline == []
    for address in page.loaded:
        assert address.startswith("/static/")
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_script_of_ours_and_asks_for_no_other(client: httpx.Client, path: str) -> None:
    (address,) = [address for address in Page(client.get(path).text).loaded if "/js/" in address]
    assert "/built/js/" in address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_travels_compressed_and_is_the_same_plain(client: httpx.Client, path: str) -> None:
    compressed = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert compressed.text == plain.text
    assert int(compressed.headers["content-length"]) < 0.4 * int(plain.headers["content-length"])
    assert set(plain.headers["vary"].split(", ")) == {"Accept-Language", "Cookie", "Accept-Encoding"}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_in_the_colours_that_its_reader_chose(client: httpx.Client, path: str) -> None:
    for cookie, attributes in {
        "": 'data-theme="light"',
        "theme=dark": 'data-theme="dark"',
        "theme=light; projector=on": 'data-theme="light" data-projector',
        'theme="><script>': 'data-theme="light"',
    }.items():
        answer = client.get(path, headers={"Cookie": cookie})
        always = "" if path != PROJECTOR or "projector" in attributes else " data-projector"
        assert f'<html lang="en" {attributes}{always}>' in answer.text
        assert "Cookie" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("zh-Hans-CN", "zh"),
        ("de, zh;q=0.5, en;q=0.4", "zh"),
        ("de;q=0.9, en;q=0.3, zh;q=0.2", "en"),
        ("zh;q=0, en", "en"),
        ("*", "en"),
        ("zh;q=ü, ;;;=,,", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_the_browsers_language_is_spoken(client: httpx.Client, wanted: str, language: str) -> None:
    answer = client.get("/calculator", headers={b"Accept-Language": wanted.encode()})
    assert Page(answer.text).language == language
    assert "Accept-Language" in answer.headers["vary"]


def test_a_chosen_language_is_remembered(client: httpx.Client) -> None:
    assert Page(client.get("/?lang=zh").text).language == "zh"
    assert Page(client.get("/calculator").text).language == "zh"
    assert Page(client.get("/?lang=en", headers={"Accept-Language": "zh"}).text).language == "en"
    assert Page(client.get("/", headers={"Accept-Language": "zh"}).text).language == "en"


def test_a_language_we_do_not_speak_changes_nothing(client: httpx.Client) -> None:
    for code in ("de", "", "zh-CN", "../zh", "\u202e"):
        answer = client.get("/calculator", params={"lang": code})
        assert Page(answer.text).language == "en"
        assert "lang=" not in answer.headers.get("set-cookie", "")


def messages(client: httpx.Client, path: str, language: str) -> dict[str, str | list[str]]:
    texts: dict[str, str | list[str]] = json.loads(
        Page(client.get(path, params={"lang": language}).text).messages
    )
    return texts


def test_a_page_carries_the_texts_of_its_own_scripts_only(client: httpx.Client) -> None:
    training, compare, calculator = (
        messages(client, path, "zh") for path in ("/", "/compare", "/calculator")
    )
    # Of run/words.js, script/script-panel.js, compare/chooser.js and calculator/graph/graph-words.js.
    of_runs, of_scripts = "Connecting to the server…", "The script cannot be shown now."
    of_choosing, of_programs = "Give at least two values, one for each run.", "gradient {grad}"
    assert {of_runs, of_scripts} <= training.keys()
    assert {of_runs, of_choosing} <= compare.keys()
    assert not {of_choosing, of_programs} & training.keys()
    assert not {of_scripts, of_programs} & compare.keys()
    assert not {of_scripts, of_choosing} & calculator.keys()


def test_the_scripts_get_their_texts_with_the_page(client: httpx.Client) -> None:
    chinese = messages(client, "/", "zh")
    assert len(chinese) > 10
    sentences = [text for text in chinese if re.search("[a-z]+ [a-z]+", re.sub(r"{\w+}", "", text))]
    assert len(sentences) > 10
    # A text with plural forms has a list of translations.
    assert all(not "".join(chinese[text]).isascii() for text in sentences)
    assert messages(client, "/", "en") == {}


def test_head_says_what_get_would(client: httpx.Client) -> None:
    for path in (*PAGES, Page(client.get("/").text).loaded[0]):
        head, get = client.head(path), client.get(path)
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_the_plotting_library_comes_compressed(server: Server, coding: str) -> None:
    with server.client(**{"Accept-Encoding": coding}) as client:
        address = next(a for a in Page(client.get("/").text).loaded if a.endswith(".js") and "vendor" in a)
        with client.stream("GET", address) as answer:
            size = sum(map(len, answer.iter_raw()))
            if coding == "gzip" or "plotly-basic" in address:
                assert answer.headers["content-encoding"] == coding
                assert size < 1_800_000
        assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip;q=0", None),
        ("gzip;q=0.000, identity", None),
        ("GZIP; Q=0.5", "gzip"),
        ("*", "gzip"),
        ("", None),
    ],
)
def test_no_coding_is_used_that_the_browser_refuses(
    client: httpx.Client, accepted: str, coding: str | None
) -> None:
    answer = client.get("/", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == coding


def test_a_file_under_an_old_name_is_served_but_not_kept(client: httpx.Client) -> None:
    answer = client.get("/static/000000000000/js/page/i18n.js")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "../app/settings.py",
        "..%2f..%2fapp/settings.py",
        "%2e%2e/%2e%2e/pyproject.toml",
        "js/../../pyproject.toml",
        "/etc/passwd",
        "js",
        "js/",
        "",
        "types/protocol.d.ts",
        "js/page/i18n.js%00",
    ],
)
def test_only_the_browsers_files_are_served(client: httpx.Client, path: str) -> None:
    assert client.get(f"/static/x/{path}").status_code == 404


async def test_whoever_works_on_the_pages_sees_each_edit_at_the_next_load(tmp_path: Path) -> None:
    for folder in ("static", "templates", "locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    catalogue, assets = Catalogue(tmp_path / "locales"), Assets(tmp_path / "static", bundled=False)
    app = FastAPI()
    app.include_router(Pages(tmp_path / "templates", assets, catalogue, Cookies(), fresh=True).router)
    app.include_router(assets.router)
    edits = {
        "templates/train.html": ("Watch PyTorch fit a curve", "Look at PyTorch fit a curve"),
        "static/js/train.js": ("// @ts-check", "// edited"),
        "static/css/train.css": ("@layer", "/* edited */ @layer"),
        "locales/zh/LC_MESSAGES/messages.po": ('msgstr "训练"', 'msgstr "练训"'),
    }
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        before = (await client.get("/?lang=zh")).text
        for name, (old, new) in edits.items():
            path = tmp_path / name
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new), encoding="utf-8")
        page = (await client.get("/?lang=zh")).text
        assert "Look at PyTorch fit a curve" in page
        assert "练训" in page
        assert "练训" not in before
        loaded = Page(page).loaded
        (script,) = (address for address in loaded if address.endswith("js/train.js"))
        (sheet,) = (address for address in loaded if address.endswith("css/train.css"))
        assert (await client.get(script)).text.startswith("// edited")
        assert "edited" in (await client.get(sheet)).text
        assert script not in before


@pytest.mark.parametrize("path", ["/", "/compare", "/calculator"])
def test_a_page_in_a_classrooms_frame_has_nothing_around_it_and_is_framed_by_our_own_pages_only(
    client: httpx.Client, path: str
) -> None:
    for how, attributes in {
        "watch": ' data-embedded="watch"',
        "own": ' data-embedded="own"',
        "projector": ' data-projector data-embedded="projector"',
        '"><script>': "",
    }.items():
        answer = client.get(path, params={"embedded": how}, headers={"Cookie": "theme=dark"})
        assert f'<html lang="en" data-theme="dark"{attributes}>' in answer.text
        assert ('class="masthead"' in answer.text) == (attributes == "")
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in client.get(path).headers["content-security-policy"]
