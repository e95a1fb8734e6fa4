"""Cookies: how the server sets and reads its own, below its base path, over https and in frames."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Cookies:
    """Sets cookies.

    root: the path below which they are sent. framed: whether pages of other sites may show this server's in
    frames: there browsers send a cookie only if it says so (`SameSite=None`), came over https, and is kept
    apart for each such site (`Partitioned`).
    """

    root: str = ""
    framed: bool = False

    def set(
        self,
        connection: HTTPConnection,
        response: Response,
        name: str,
        value: str,
        *,
        max_age: int | None = YEAR,
        httponly: bool = True,
    ) -> None:
        """Add a cookie to an answer. max_age: seconds; None: for as long as the browser is open."""
        secure = is_secure(connection.scope)
        framed = secure and self.framed
        # Starlette knows `Partitioned` only from Python 3.14 on.
        parts = [
            f"{name}={value}",
            f"Path={self.root or '/'}",
            f"SameSite={'none' if framed else 'lax'}",
            *([f"Max-Age={max_age}"] if max_age is not None else []),
            *["HttpOnly"] * httponly,
            *["Secure"] * secure,
            *["Partitioned"] * framed,
        ]
        response.headers.append("set-cookie", "; ".join(parts))


def is_secure(scope: Scope) -> bool:
    """Whether a request or a socket came over https, as far as is known here."""
    return scope["scheme"] in ("https", "wss")


def cookies_of(connection: HTTPConnection) -> dict[str, str]:
    """The cookies of a request by name; of several of one name, that of the longest path, which comes first.

    The others belong to other applications of the same host.
    """
    cookies: dict[str, str] = {}
    for header in connection.headers.getlist("cookie"):
        for pair in header.split(";"):
            name, _, value = pair.strip().partition("=")
            cookies.setdefault(name, value)
    return cookies
