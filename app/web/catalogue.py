"""Languages: which one a reader gets, and the texts in it."""

import gettext
import json
import logging
from collections.abc import Mapping
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.mofile import read_mo
from starlette.requests import HTTPConnection

from app.errors import Params, PlaygroundError

logger = logging.getLogger(__name__)

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "简体中文"}
"""Language codes, and each language's own name for itself. English is the source text."""

SOURCE = "en"
COOKIE = "lang"
MAX_HEADER = 500


class Language:
    """One language's texts. code: as in `<html lang>`."""

    def __init__(self, code: str, translations: gettext.NullTranslations) -> None:
        self.code = code
        self.translations = translations

    def text(self, template: str, params: Params | None = None) -> str:
        """A template marked with `N_`, translated and filled in."""
        return self.own(template).format(**(params or {}))

    def own(self, text: str) -> str:
        """A finished text, translated if it is one of ours."""
        # gettext answers the empty text with the catalogue's header.
        return self.translations.gettext(text) if text else ""

    def retold(self, english: str, template: str, params: Params) -> str:
        """A text that was filled in elsewhere, and its untrusted template; as it is unless both are ours."""
        translated = self.own(template)
        if translated == template:
            return english
        try:
            return translated.format(**params)
        except (LookupError, ValueError):
            return english

    def error(self, error: PlaygroundError) -> str:
        """What an error says, in this language."""
        return self.text(error.template, error.params)


class Catalogue:
    """Every language, from the `.mo` files that set-up compiles out of `locales/*/LC_MESSAGES/*.po`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._languages = {
            code: Language(code, gettext.translation("messages", directory, [code], fallback=True))
            for code in LANGUAGES
        }

    def __getitem__(self, code: str) -> Language:
        return self._languages[code]

    def of(self, connection: HTTPConnection) -> Language:
        """The reader's language: `?lang=`, else the cookie, else what the browser prefers, else English."""
        chosen = connection.query_params.get("lang") or connection.cookies.get(COOKIE)
        if chosen is not None and chosen in LANGUAGES:
            return self._languages[chosen]
        preferred = accepted(connection.headers.get("accept-language", ""))
        return self._languages[negotiate_locale(preferred, LANGUAGES, sep="-") or SOURCE]

    def messages(self, code: str, scripts: str) -> dict[str, str | list[str]]:
        """The translations of the texts that occur in `scripts`, for static/js/page/i18n.js.

        A text that counts something goes by its form for one, and has a list: a form for each kind of number.
        """
        if code == SOURCE:
            return {}
        path = gettext.find("messages", self._directory, [code])
        if path is None:
            logger.warning("No translations for %s: set-up has not compiled them", code)
            return {}
        with Path(path).open("rb") as file:
            texts = {
                message.id if isinstance(message.id, str) else message.id[0]: message.string
                for message in read_mo(file)
                if message.id
            }
        return {
            text: translation if isinstance(translation, str) else list(translation)
            for text, translation in texts.items()
            if literal(text) in scripts
        }


def literal(text: str) -> str:
    """A text as it stands between the quotes of a JavaScript string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def accepted(header: str) -> list[str]:
    """The language tags of an Accept-Language header, most wanted first.

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
