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
        .base_uri("'none'")
        .form_action("'none'")
        .frame_ancestors(*frame_ancestors or ["'none'"]),
        xcto=XContentTypeOptions().nosniff(),
        referrer=ReferrerPolicy().no_referrer(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        # For browsers without frame-ancestors; it cannot name sites.
        custom=[] if frame_ancestors else [CustomHeader("X-Frame-Options", "DENY")],
    )
    return [(name.lower().encode(), value.encode()) for name, value in policy.headers.items()]


SECURITY_HEADERS = security_headers()
"""The headers of answers that are made outside of the application: nobody shows those in frames."""


class SecurityHeaders:
    """Adds the headers to every HTTP answer and to every refusal of a socket."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = security_headers(settings.frame_ancestors)
        self.over_https: Headers = []
        if settings.hsts:
            value = StrictTransportSecurity().max_age(settings.hsts).header_value
            self.over_https = [(b"strict-transport-security", value.encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers when the answer starts."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = [*message.get("headers", []), *self.headers]
                if is_secure(scope):
                    headers += self.over_https
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, send_with_headers)
