"""The security headers of every answer, and `no-store` for answers that do not say how to cache them."""

from collections.abc import Sequence

from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    CustomHeader,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.edge.cookies import is_secure

Headers = list[tuple[bytes, bytes]]


SELF = "'self'"
EMBEDDED = b"embedded="
FRAME_OPTIONS = {(): "DENY", (SELF,): "SAMEORIGIN"}


def security_headers(frame_ancestors: Sequence[str] = ()) -> Headers:
    """The headers of answers that pages of these sites may show in frames."""
    policy = Secure(
        csp=ContentSecurityPolicy()
        .default_src("'none'")
        .script_src("'self'")
        .style_src("'self'")
        .img_src("'self'", "data:", "blob:")  # Plotly draws its PNG export through both
        .font_src("'self'")
        .connect_src("'self'")
        .frame_src("'self'")  # a classroom shows what the teacher shows in one
        .base_uri("'none'")
        .form_action("'none'")
        .frame_ancestors(*frame_ancestors or ["'none'"]),
        xcto=XContentTypeOptions().nosniff(),
        referrer=ReferrerPolicy().no_referrer(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        # For browsers without frame-ancestors; it cannot name sites.
        custom=[CustomHeader("X-Frame-Options", FRAME_OPTIONS[tuple(frame_ancestors)])]
        if tuple(frame_ancestors) in FRAME_OPTIONS
        else [],
    )
    return [(name.lower().encode(), value.encode()) for name, value in policy.headers.items()]


SECURITY_HEADERS = security_headers()
"""The headers of answers that are made outside of the application: nobody shows those in frames."""


def is_embedded(scope: Scope) -> bool:
    """Whether one of our pages shows what is asked for in a frame of its own, as a classroom's does.

    It says so in the query (`?embedded=...`); a lie lets only this server's own pages frame the answer.
    """
    return scope["type"] == "http" and EMBEDDED in scope["query_string"]


class SecurityHeaders:
    """Adds the headers to every HTTP answer and to every refusal of a socket."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = security_headers(settings.frame_ancestors)
        self.embedded = security_headers((SELF, *settings.frame_ancestors))
        self.over_https: Headers = []
        if settings.hsts:
            value = StrictTransportSecurity().max_age(settings.hsts).header_value
            self.over_https = [(b"strict-transport-security", value.encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers when the answer starts."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                ours = self.embedded if is_embedded(scope) else self.headers
                headers = [*message.get("headers", []), *ours]
                if is_secure(scope):
                    headers += self.over_https
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, send_with_headers)
