"""The catalogue of languages, and the choice of a reader's language."""

import gettext
import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import HTTPConnection

from app.errors import Params, PlaygroundError, filled
from app.web.edge.cookies import cookies_of

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "简体中文"}
"""Language codes, and each language's name for itself. English is the source text."""

SOURCE = "en"
COOKIE = "lang"
MAX_HEADER = 500


class Language:
    """The texts of one language. code: as in `<html lang>`."""

    def __init__(self, code: str, translations: gettext.NullTranslations) -> None:
        self.code = code
        self.translations = translations

    def text(self, template: str, params: Params | None = None) -> str:
        """A template marked with `N_`, translated and filled in."""
        return filled(self.own(template), params or {})

    def own(self, text: str) -> str:
        """A text without fields, translated if it is in the catalogue."""
        # gettext answers the empty text with the catalogue's header.
        return self.translations.gettext(text) if text else ""

    def retold(self, english: str, template: str, params: Params) -> str:
        """The translation of a text that an untrusted process filled in from a template.

        The English text itself if the template is not in the catalogue or its fields do not fit.
        """
        translated = self.own(template)
        if translated == template:
            return english
        try:
            return filled(translated, params)
        except (LookupError, ValueError):
            return english

    def error(self, error: PlaygroundError) -> str:
        """An error's message in this language."""
        return self.text(error.template, error.params)


class Catalogue:
    """All languages, from `locales/*/LC_MESSAGES/messages.po`; one is read when it is first asked for."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.load()

    def load(self) -> None:
        """Drop all languages that were read."""
        self._languages: dict[str, Language] = {}

    def __getitem__(self, code: str) -> Language:
        if code not in self._languages:
            self._languages[code] = Language(code, compiled(self._texts(code)))
        return self._languages[code]

    def _texts(self, code: str) -> Catalog:
        if code == SOURCE:
            return Catalog(code)
        with (self._directory / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
            return read_po(file, locale=code)

    def of(self, connection: HTTPConnection) -> Language:
        """The reader's language: `?lang=`, else the cookie, else what the browser prefers, else English."""
        chosen = connection.query_params.get("lang") or cookies_of(connection).get(COOKIE)
        if chosen is not None and chosen in LANGUAGES:
            return self[chosen]
        preferred = accepted(connection.headers.get("accept-language", ""))
        return self[negotiate_locale(preferred, LANGUAGES, sep="-") or SOURCE]

    def messages(self, code: str, scripts: str) -> dict[str, str | list[str]]:
        """The translations of the texts that occur in `scripts`, for static/js/page/i18n.js.

        A text that counts something goes by its form for one, and has a list: a form for each kind of number.
        """
        texts = {
            message.id if isinstance(message.id, str) else message.id[0]: message.string
            for message in self._texts(code)
            if message.id
        }
        return {
            text: translation if isinstance(translation, str) else list(translation)
            for text, translation in texts.items()
            if translation and literal(text) in scripts
        }


def compiled(texts: Catalog) -> gettext.GNUTranslations:
    """The texts in the form in which gettext looks them up."""
    file = BytesIO()
    write_mo(file, texts)
    file.seek(0)
    return gettext.GNUTranslations(file)


def literal(text: str) -> str:
    """A text as it is written between the quotes of a JavaScript string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def accepted(header: str) -> list[str]:
    """The language tags of an Accept-Language header, the most wanted first.

    >>> accepted("en;q=0.5, zh-TW")
    ['zh-TW', 'en']
    """
    weights: dict[str, float] = {}
    for item in header[:MAX_HEADER].split(","):
        tag, _, parameter = item.strip().partition(";")
        _, _, weight = parameter.partition("=")
        try:
            weights[tag.strip()] = float(weight or 1)
        except ValueError:
            weights[tag.strip()] = 0.0
    return sorted((tag for tag, weight in weights.items() if tag and weight > 0), key=lambda t: -weights[t])
