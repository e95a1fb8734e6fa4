"""The pages: templates rendered in each language."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from app.errors import N_
from app.exercises.drills import KINDS
from app.protocol.exercises import MAX_LEVEL
from app.protocol.options import Setting, run_settings
from app.protocol.runs import RunConfig
from app.protocol.topics import TOPICS, find
from app.web.edge.catalogue import COOKIE, LANGUAGES, Catalogue, Language
from app.web.edge.cookies import Cookies, cookies_of
from app.web.edge.limits import give_session
from app.web.edge.problems import PHRASE_HEADER
from app.web.pages.assets import Asset, Assets, compressed
from app.web.pages.examples.clinic import CLINIC
from app.web.pages.examples.comparisons import COMPARISONS
from app.web.pages.examples.experiments import EXPERIMENTS
from app.web.pages.examples.gallery import GALLERY
from app.web.pages.presets import offers

PROJECTOR = "/room/{code}/projector"
"""Always in the appearance for a class."""
PAGES = {
    "/": "train.html",
    "/compare": "compare.html",
    "/calculator": "calculator.html",
    "/connection": "connection.html",
    "/privacy": "privacy.html",
    "/lessons": "lessons.html",
    "/lessons/{lesson}": "lesson.html",
    "/room": "room.html",
    "/room/{code}": "room.html",
    "/room/{code}/console": "room-console.html",
    PROJECTOR: "room-projector.html",
}
ENTRANCE = "the entrance"
"""In place of a path: the page on which the pass phrase is typed, shown wherever somebody may not come in."""
ADMIN = "/admin"
TEMPLATES = {**PAGES, ENTRANCE: "entrance.html", ADMIN: "admin.html"}
"""All pages; the admin's is not always there."""
EMBEDDED = ("watch", "own", "projector")
"""How a page may stand in a classroom's frame (`?embedded=`), without what is around pages: to watch, to try
something of one's own, or large and to watch, on the projector."""
THEMES = ("light", "dark")
"""Values of the cookie `theme`. The page's switch writes it; the server reads it, so that no page flashes."""


class Retention(NamedTuple):
    """Seconds after which what nobody uses is deleted."""

    run: float = 30 * 24 * 3600.0
    room: float = 7 * 24 * 3600.0

    def told(self, language: Language) -> dict[str, str]:
        """The times in words."""
        return {name: lasting(seconds, language) for name, seconds in self._asdict().items()}


def lasting(seconds: float, language: Language) -> str:
    """A time in days, or in hours where it is short."""
    days, hours = round(seconds / (24 * 3600)), max(1, round(seconds / 3600))
    if hours >= 48:
        return language.text(N_("{n} {n:day|days}"), {"n": days})
    return language.text(N_("{n} {n:hour|hours}"), {"n": hours})


class Pages:
    """Renders templates/ in each language.

    A template has `_()`, `asset("js/train.js")` (its address), `imported("js/train.js")` (those of the
    modules it needs), `messages("js/train.js")` (the texts of a module and of all that it needs, for
    `<script type="application/json" id="messages">`), `plotly` (`script`, and `styles`: id and address of
    each `<link>`), `language` (such as "zh"), `languages` (code to name), `config` (the default run's),
    `settings` and `kinds` (as `GET /api/options` tells them), `defaults` (of all of these, for scripts),
    `experiments` (settings on offer), `gallery` and `clinic` (programs on offer), `drills` and `levels`
    (exercises on offer), `presets` (points on offer), `comparisons` (comparisons on offer), `theme`,
    `projector` (whether the page is shown to a class), `retention` (how long runs and rooms are kept, in
    words), `embedded` (one of EMBEDDED, or None), `page` (its own path) and `root` (the path below which all
    addresses are).

    fresh: whether every request for a page reads all files anew. admin: whether there is the admin's page.
    """

    def __init__(
        self,
        templates: Path,
        assets: Assets,
        catalogue: Catalogue,
        cookies: Cookies,
        *,
        retention: Retention = Retention(),  # noqa: B008
        fresh: bool = False,
        admin: bool = False,
    ) -> None:
        self._retention = retention
        self.catalogue = catalogue
        self._cookies = cookies
        self._templates = templates
        self._assets = assets
        self._fresh = fresh
        self.load()
        self.router = APIRouter()
        for path in (*PAGES, *([ADMIN] if admin else [])):
            self.router.add_api_route(path, self.show, methods=["GET", "HEAD"], include_in_schema=False)

    def load(self) -> None:
        """Drop all rendered pages and environments, so that they are made anew."""
        self._environments: dict[str, Environment] = {}
        self._pages: dict[tuple[str, str, str, bool, str | None], Asset] = {}

    async def show(self, request: Request) -> Response:
        """Answer with a page in the reader's language; `?lang=` is kept in a cookie."""
        return await self._answer(request, request.scope["route"].path)

    async def entrance(self, request: Request) -> Response:
        """Answer with the page on which the pass phrase is typed."""
        response = await self._answer(request, ENTRANCE)
        response.status_code = 401
        response.headers["Cache-Control"] = "no-store"
        response.headers["WWW-Authenticate"] = PHRASE_HEADER
        return response

    async def _answer(self, request: Request, path: str) -> Response:
        if self._fresh:
            for part in (self.catalogue, self._assets, self):
                part.load()
        language = self.catalogue.of(request)
        theme, projector = appearance(cookies_of(request))
        wanted = request.query_params.get("embedded")
        embedded = wanted if wanted in EMBEDDED else None
        page = await self._rendered(path, language.code, theme, projector, embedded)
        response = page.answer(request, {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"})
        if request.query_params.get("lang") == language.code:
            self._cookies.set(request, response, COOKIE, language.code, httponly=False)
        give_session(request, response, self._cookies)
        return response

    async def _rendered(
        self, path: str, language: str, theme: str, projector: bool, embedded: str | None
    ) -> Asset:
        """A page, rendered once for each language and appearance: there are not two hundred."""
        key = (path, language, theme, projector, embedded)
        if key not in self._pages:
            self._pages[key] = await asyncio.to_thread(self._render, *key)
        return self._pages[key]

    def _render(self, path: str, language: str, theme: str, projector: bool, embedded: str | None) -> Asset:
        template = self._environment(language).get_template(TEMPLATES[path])
        if embedded is not None:
            projector = embedded == "projector"
        projector = projector or path == PROJECTOR
        text = template.render(
            page=path, root=self._cookies.root, theme=theme, projector=projector, embedded=embedded
        )
        return compressed(TEMPLATES[path], text.encode())

    def _environment(self, language: str) -> Environment:
        """The environment of one language, made when its first page is asked for."""
        if language not in self._environments:
            texts = self.catalogue[language]
            made = environment(self._templates, self._assets, self.catalogue, texts)
            made.globals["retention"] = self._retention.told(texts)
            self._environments[language] = made
        return self._environments[language]


def appearance(cookies: Mapping[str, str]) -> tuple[str, bool]:
    """The appearance that the reader last chose: the theme, and whether it is for a projector."""
    theme = cookies.get("theme", "")
    return theme if theme in THEMES else THEMES[0], cookies.get("projector") == "on"


def opened_clinic(language: Language) -> dict[str, dict[str, str]]:
    """The clinic's programs, with the explanations of their errors."""
    opened = {}
    for key, case in CLINIC.items():
        topic = TOPICS[case.topic]
        found = find(case.message)
        fields = case.fields or (found[1] if found else {})
        opened[key] = {
            "title": language.own(case.title),
            "topic": case.topic,
            "message": case.message,
            "explanation": language.text(topic.explanation, fields),
            "program": case.program,
        }
    return opened


def comparisons_on_offer(language: Language) -> dict[str, dict[str, Any]]:
    """The comparisons on offer, with their texts."""
    return {
        key: {
            "button": language.own(example.button),
            "title": language.own(example.title),
            "text": language.own(example.text),
            "vary": example.vary,
        }
        for key, example in COMPARISONS.items()
    }


def environment(templates: Path, assets: Assets, catalogue: Catalogue, language: Language) -> Environment:
    """The Jinja environment of one language."""
    jinja = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    jinja.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
    settings, kinds = run_settings()
    jinja.globals |= {
        "asset": assets.url,
        "imported": assets.imported,
        "plotly": {
            "script": assets.url(assets.plotly.script),
            "styles": {element: assets.url(path) for element, path in assets.plotly.styles.items()},
        },
        "language": language.code,
        "languages": LANGUAGES,
        "config": RunConfig(),
        "settings": settings,
        "kinds": kinds,
        "defaults": {"config": RunConfig().model_dump(mode="json"), "kinds": kind_defaults(kinds)},
        "experiments": EXPERIMENTS,
        "gallery": GALLERY,
        "clinic": opened_clinic(language),
        "drills": KINDS,
        "levels": range(1, MAX_LEVEL + 1),
        "presets": offers(),
        "comparisons": comparisons_on_offer(language),
        "messages": lambda module: catalogue.messages(language.code, assets.text(module)),
    }
    return jinja


def kind_defaults(kinds: Mapping[str, Mapping[str, Mapping[str, Setting]]]) -> dict[str, Any]:
    """The defaults of each kind of optimizer and scheduler."""
    return {
        choice: {
            name: {path: setting.default for path, setting in own.items() if not setting.required}
            for name, own in records.items()
        }
        for choice, records in kinds.items()
    }
