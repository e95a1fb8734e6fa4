"""A proxy before the server that falls silent, as the network of a phone does, or blocks WebSockets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit

PIECE = 65536
UPGRADE = b"upgrade: websocket"
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """Passes bytes on. url: where it listens. blocks: whether it refuses WebSockets, as school firewalls do.

    refused: how many it has refused.
    """

    def __init__(self, target: str, *, blocks: bool = False) -> None:
        self.blocks = blocks
        self.refused = 0
        host, port = urlsplit(target).netloc.split(":")
        self._target = (host, int(port))
        self._listener = socket.create_server((host, 0))
        self._silent = Event()
        self._sockets: list[socket.socket] = []
        self.url = f"http://{host}:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def silence(self) -> None:
        """Every connection there is stays open and carries nothing more; new ones are as before."""
        self._silent.set()
        self._silent = Event()

    def close(self) -> None:
        """End all connections, silent ones too."""
        for each in (self._listener, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):  # The listener is closed.
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                self._sockets += (client, server)
                for source, sink in ((client, server), (server, client)):
                    Thread(target=self._pass_on, args=(source, sink, self._silent), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, silent: Event) -> None:
        """Until one of them ends; what comes after the silence has begun is lost."""
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if self.blocks and UPGRADE in piece.lower():
                    self.refused += 1
                    source.sendall(REFUSAL)
                    break
                if not silent.is_set():
                    sink.sendall(piece)
            if not silent.is_set():
                sink.shutdown(socket.SHUT_WR)


@contextmanager
def proxied(target: str, *, blocks: bool = False) -> Iterator[Proxy]:
    """A proxy before the server at `target`."""
    proxy = Proxy(target, blocks=blocks)
    try:
        yield proxy
    finally:
        proxy.close()
