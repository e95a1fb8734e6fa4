"""Who may come in: everybody, who knows the pass phrase, or whom a trusted proxy names."""

import hashlib
import hmac
import logging
import os
import secrets
import unicodedata
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import APIRouter, Depends
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import N_, TooMany
from app.protocol.access import Phrase
from app.settings import Settings
from app.web.edge.catalogue import Catalogue
from app.web.edge.cookies import Cookies, cookies_of
from app.web.edge.guard import require_json
from app.web.edge.limits import Client, client_of
from app.web.edge.openapi import problems
from app.web.edge.problems import PHRASE_HEADER, NotAdmitted, Refused, error_response
from app.web.edge.services import ClientDep

logger = logging.getLogger(__name__)

COOKIE = "access"
PATH = "/api/access"
OPEN_PATHS = ("/healthz", "/readyz", "/admin", "/api/admin/", PATH, "/static/")
"""Beginnings of addresses that anybody may ask for: the admin's have a token of their own."""
METRICS = "/metrics"
KEY_FILE = "access.key"
WRONG_PER_MINUTE = RateLimitItemPerMinute(20)
"""Wrong phrases of one address, which a class may share, after which not even the right one is heard."""


class PassPhrase:
    """The pass phrase, and the cookie of browsers whose reader has typed it.

    The cookie is the phrase under a key that only this server knows: it outlives a restart, ends with the
    phrase, and nobody can try phrases on it.
    """

    def __init__(self, phrase: str, key: bytes) -> None:
        self._key = key
        self.cookie = self._under_key(phrase.encode())
        self._wrong = FixedWindowRateLimiter(MemoryStorage())

    @classmethod
    def of(cls, settings: Settings) -> "PassPhrase | None":
        """The phrase that the settings ask for."""
        if settings.access != "phrase" or settings.access_phrase is None:
            return None
        return cls(settings.access_phrase.get_secret_value(), key_in(settings.data_dir))

    def _under_key(self, phrase: bytes) -> str:
        # The same letters can be written in several ways, of which each system has its own.
        text = unicodedata.normalize("NFC", phrase.decode("utf-8", "replace"))
        return hmac.digest(self._key, text.encode(), hashlib.sha256).hex()

    def is_cookie(self, cookie: str) -> bool:
        """Whether a browser's cookie is that of the phrase."""
        return secrets.compare_digest(cookie.encode(), self.cookie.encode())

    async def check(self, phrase: bytes, client: Client) -> None:
        """Compare a phrase. Raises: Refused: it is wrong. TooMany: wrong ones came before."""
        if not await self._wrong.test(WRONG_PER_MINUTE, client.address):
            raise TooMany(60, N_("Too many wrong pass phrases; try again in a minute."))
        if not secrets.compare_digest(self._under_key(phrase), self.cookie):
            await self._wrong.hit(WRONG_PER_MINUTE, client.address)
            raise Refused(403, N_("This is not the pass phrase."))


def key_in(folder: Path) -> bytes:
    """The key of this server's cookies, made when it is first needed; if it cannot be kept, a new one."""
    path = folder / KEY_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            if len(key := file.read()) == 32:
                return key
            key = secrets.token_bytes(32)
            file.seek(0)
            file.write(key)
    except OSError as error:
        logger.warning("After a restart everybody must type the pass phrase again: %s", error)
        return secrets.token_bytes(32)
    return key


class Access:
    """Passes on the requests of those who may come in.

    phrase: what one has to know; None: a trusted proxy has to name who it is, in `user_header`. page: answers
    in place of a page that is asked for, with one on which the phrase can be typed. metrics: whether the
    metrics are open, because they have a port of their own.
    """

    def __init__(
        self,
        app: ASGIApp,
        user_header: str,
        phrase: PassPhrase | None,
        catalogue: Catalogue,
        page: Callable[[Request], Awaitable[Response]],
        *,
        metrics: bool = False,
    ) -> None:
        self.app = app
        self.open_paths = (*OPEN_PATHS, METRICS) if metrics else OPEN_PATHS
        self.user_header = user_header
        self.phrase = phrase
        self.catalogue = catalogue
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse who may not come in, and show browsers the page instead of what they ask for."""
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith(self.open_paths):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            await self.admit(connection)
        except (Refused, TooMany) as error:
            response = error_response(error, self.catalogue.of(connection))
            if self.phrase and wants_page(scope):
                response = await self.page(Request(scope))
            await response(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def admit(self, connection: HTTPConnection) -> None:
        """Let a request in. Raises: Refused, TooMany."""
        if self.phrase is None:
            named = connection.headers.getlist(self.user_header)
            if len(named) != 1 or not named[0]:
                raise Refused(403, N_("You are not signed in. Come by the address that you were given."))
            return
        if self.phrase.is_cookie(cookies_of(connection).get(COOKIE, "")):
            return
        phrase = connection.headers.get(PHRASE_HEADER)
        if phrase is None:
            raise NotAdmitted(
                N_("This server has a pass phrase. Type it on a page, or send it as {header}."),
                header=PHRASE_HEADER,
            )
        await self.phrase.check(phrase.encode("latin-1"), client_of(connection))


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks for something to show."""
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")


def routes(phrase: PassPhrase, cookies: Cookies) -> APIRouter:
    """The address at which a page hands in the phrase."""
    router = APIRouter(tags=["access"], dependencies=[Depends(require_json)])

    @router.post(PATH, summary="Come in", status_code=204, responses=problems(400, 403, 413, 415, 422, 429))
    async def enter(request: Request, response: Response, client: ClientDep, given: Phrase) -> None:
        """Sets the cookie that lets a browser in until it is closed, or the phrase changes."""
        await phrase.check(given.phrase.encode("utf-8", "replace"), client)
        cookies.set(request, response, COOKIE, phrase.cookie, max_age=None)

    return router
