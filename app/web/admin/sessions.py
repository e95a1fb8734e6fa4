"""Who may see the admin's page: whoever has the token, or a cookie given for it."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from starlette.requests import Request

from app.errors import N_
from app.web.edge.cookies import cookies_of
from app.web.edge.problems import Refused

COOKIE = "admin"
LASTS = 8 * 3600.0
"""Seconds after which one has to sign in again."""
MOST = 16
"""Most browsers that are signed in; of more, the first is signed out."""


class Sessions:
    """The browsers that are signed in; they are forgotten at a restart. token: what opens the page."""

    def __init__(self, token: str, clock: Callable[[], float] = monotonic) -> None:
        self._token = digest(token)
        self._clock = clock
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def sign_in(self, token: str) -> str:
        """The cookie for whoever has the token. Raises: Refused."""
        if not secrets.compare_digest(self._token, digest(token)):
            raise Refused(403, N_("This is not the admin's token."))
        cookie = secrets.token_urlsafe(32)
        self._until[digest(cookie)] = self._clock() + LASTS
        if len(self._until) > MOST:
            self._until.popitem(last=False)
        return cookie

    def sign_out(self, request: Request) -> None:
        """Take a cookie's worth."""
        self._until.pop(digest(cookies_of(request).get(COOKIE, "")), None)

    def check(self, request: Request) -> None:
        """Refuse whoever may not see the page. Raises: Refused."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if secrets.compare_digest(self._token, digest(token)):
                return
            raise Refused(403, N_("This is not the admin's token."))
        # Looked up by digest: how long that takes tells nothing of the cookies that there are.
        if self._until.get(digest(cookies_of(request).get(COOKIE, "")), 0.0) <= self._clock():
            raise Refused(401, N_("Sign in with the admin's token first."))


def digest(secret: str) -> bytes:
    """What is kept of a token or a cookie, and compared."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
