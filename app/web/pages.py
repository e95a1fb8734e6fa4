"""The pages."""

from pathlib import Path
from typing import get_args

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.protocol.runs import Activation, Loss, RunConfig
from app.protocol.topics import TOPICS, find
from app.web.assets import Assets
from app.web.catalogue import COOKIE, LANGUAGES, Catalogue, Language
from app.web.examples.clinic import CLINIC
from app.web.examples.gallery import GALLERY
from app.web.limits import give_session
from app.web.reference import reference

PAGES = {"/": "train.html", "/calculator": "calculator.html", "/language": "language.html"}
YEAR = 365 * 24 * 3600


class Pages:
    """Renders templates/ in each language.

    A template has `_()`, `asset("js/train.js")` (its address), `plotly` (`script`, and `styles`: id and
    address of each `<link>`), `language` (such as "zh"), `languages` (code to name), `messages` (the
    scripts' texts, for `<script type="application/json" id="messages">`), `config` (the default run's),
    `activations` and `losses` (their names), `gallery` and `clinic` (programs on offer),
    `reference` (the calculator's language) and `page` (its own path).
    """

    def __init__(self, templates: Path, assets: Assets, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._environments = {
            code: environment(templates, assets, catalogue, catalogue[code]) for code in LANGUAGES
        }
        self.router = APIRouter()
        for path in PAGES:
            self.router.add_api_route(path, self.show, methods=["GET", "HEAD"], include_in_schema=False)

    async def show(self, request: Request) -> HTMLResponse:
        """A page, in the reader's language; `?lang=` is remembered."""
        language = self.catalogue.of(request)
        page = request.url.path
        template = self._environments[language.code].get_template(PAGES[page])
        response = HTMLResponse(
            template.render(page=page),
            headers={"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"},
        )
        if request.query_params.get("lang") == language.code:
            response.set_cookie(COOKIE, language.code, max_age=YEAR, samesite="lax")
        give_session(request, response)
        return response


def opened_clinic(language: Language) -> dict[str, dict[str, str]]:
    """The clinic's programs, with what their errors mean."""
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


def environment(templates: Path, assets: Assets, catalogue: Catalogue, language: Language) -> Environment:
    """Jinja with one language's texts in it."""
    jinja = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    jinja.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
    jinja.globals |= {
        "asset": assets.url,
        "plotly": {
            "script": assets.url(assets.plotly.script),
            "styles": {element: assets.url(path) for element, path in assets.plotly.styles.items()},
        },
        "language": language.code,
        "languages": LANGUAGES,
        "config": RunConfig(),
        "activations": get_args(Activation),
        "losses": get_args(Loss),
        "gallery": GALLERY,
        "clinic": opened_clinic(language),
        "reference": reference(language),
        "messages": catalogue.messages(language.code, assets.scripts()),
    }
    return jinja
