"""The path below which a reverse proxy offers the server, taken off requests and put before addresses."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BasePath:
    """Serves the application below a path, whether or not the proxy takes it off.

    The application knows nothing of it but the links in its pages.
    """

    def __init__(self, app: ASGIApp, root: str) -> None:
        self.app = app
        self.root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on below the path, and put the path before the answer's `Location`."""

        async def send_below(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                if headers.get("location", "").startswith("/"):
                    headers["location"] = self.root + headers["location"]
                message = {**message, "headers": headers.raw}
            await send(message)

        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "path": self.below(scope["path"])}
        await self.app(scope, receive, send_below)

    def below(self, path: str) -> str:
        """A request's path without the base path.

        >>> [BasePath(None, "/play").below(path) for path in ("/play/api", "/play", "/player", "/api")]
        ['/api', '/', '/player', '/api']
        """
        rest = path.removeprefix(self.root)
        return rest or "/" if path.startswith(self.root) and rest[:1] in ("", "/") else path
