"""`python -m app` starts the server; `backup FILE` and `restore FILE` copy what it has stored.

`lessons FOLDER` reads lessons, and says what is wrong with them.
"""

import errno
import gc
import ipaddress
import resource
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from app import logs
from app.lessons.file import Faulty
from app.lessons.shelf import read_file
from app.main import create_app
from app.settings import Settings
from app.web.edge.bounded_http import BoundedHttp
from app.web.edge.bounded_socket import BoundedSocket

PING = 20.0
GRACE = 2
STALLED_AFTER = 20_000
OPEN_FILES = 65536


class Server(uvicorn.Server):
    """uvicorn, which prints the page's address once it serves it, and ends without waiting for clients."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, root: str) -> None:
        super().__init__(config)
        self.app = app
        self.below = f"{root[1:]}/" if root else ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address."""
        await super().startup(sockets)
        for listener in (sockets or [])[:1]:
            print(f"Autograd Playground: {address(listener)}{self.below}", flush=True)  # noqa: T201

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what requests wait for, steps of the engine and messages, then end as usual."""
        self.app.state.sockets_over_http.close()
        await self.app.state.services.engine.close()
        await super().shutdown(sockets)


def main() -> None:
    """Do what the command line says."""
    try:
        settings = Settings()
    except ValidationError as error:
        sys.exit("\n".join(wrong_setting(e["loc"], e["msg"]) for e in error.errors()))
    match sys.argv[1:]:
        case []:
            serve(settings)
        case ["backup" | "restore" as command, name]:
            copy_stored(settings, command, Path(name))
        case ["lessons", name]:
            check_lessons(Path(name))
        case _:
            sys.exit("usage: python -m app [backup FILE | restore FILE | lessons FOLDER]")


def copy_stored(settings: Settings, command: str, path: Path) -> None:
    """Make a copy of what is stored, or put one in its place."""
    backup = import_module("app.store.backup")  # It needs SQLAlchemy, which a start does not wait for.
    try:
        if command == "backup":
            backup.back_up(settings, path)
        elif kept := backup.restore(settings, path):
            print(f"What was stored before is kept as {kept}.")  # noqa: T201
    except backup.Unable as error:
        sys.exit(str(error))


def check_lessons(folder: Path) -> None:
    """Say of each lesson in a folder what is wrong with it, or how many steps it has."""
    faults = 0
    for path in sorted(folder.glob("*.yaml")):
        try:
            print(f"{path}: {len(read_file(path).steps)} steps")  # noqa: T201
        except Faulty as error:
            faults += len(error.faults)
            print(*(f"{path}, {fault}" for fault in error.faults), sep="\n")  # noqa: T201
        except OSError as error:
            faults += 1
            print(f"{path}: {error.strerror}")  # noqa: T201
    sys.exit(1 if faults else 0)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; both end everything within 5 seconds."""
    ports = [settings.port] + ([settings.metrics_port] if settings.metrics and settings.metrics_port else [])
    try:
        listeners = [listen(settings.host, port) for port in ports]
    except OSError as error:
        sys.exit(refusal(error, settings))
    app = create_app(settings)
    # What is there now stays: looking through it for garbage would hold the event loop up for 0.1 s.
    gc.freeze()
    allow_many_sockets()
    log = logs.config(settings.log_level, settings.log_format)
    config = configuration(app, settings, log)
    Server(config, app, settings.root_path).run(sockets=listeners)


def configuration(app: FastAPI, settings: Settings, log: dict[str, Any] | None) -> uvicorn.Config:
    """How uvicorn serves the application. log: for `logging.config.dictConfig`; None leaves the log alone."""
    return uvicorn.Config(
        app,
        log_config=log,
        access_log=False,
        http=BoundedHttp,
        server_header=False,
        proxy_headers=False,  # uvicorn would believe everybody on this machine; see app.web.edge.proxies
        ws=BoundedSocket,
        ws_max_size=settings.max_body,
        ws_max_queue=4,
        ws_per_message_deflate=False,
        ws_ping_interval=PING,
        ws_ping_timeout=PING,
        timeout_graceful_shutdown=GRACE,
    )


def allow_many_sockets() -> None:
    """Raise the limit on open files, of which each viewer takes one; systems begin with 1024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises: OSError: above all when the port is taken."""
    family, kind, protocol, _, where = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Ends connections whose other side acknowledges nothing for so long (milliseconds); uvicorn alone
        # would keep them and the data that they were sent.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_AFTER)
    try:
        listener.bind(where)
    except OSError:
        listener.close()
        raise
    listener.listen()
    return listener


def wrong_setting(where: tuple[int | str, ...], message: str) -> str:
    """The message for a setting that is not allowed."""
    return f"PLAYGROUND_{str(where[0]).upper()}: {message}"


def refusal(error: OSError, settings: Settings) -> str:
    """The message for a server that cannot listen."""
    where = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"{where} is taken by another program. Stop that, or choose another: PLAYGROUND_PORT=8001"
    if error.errno == errno.EACCES:
        return (
            f"{where} needs more rights than this user has. Choose a port from 1024 on: PLAYGROUND_PORT=8000"
        )
    return f"Cannot listen on {where}: {error}"


def address(listener: socket.socket) -> str:
    """The page's address: for a server open to the network, one that all of its machines can use."""
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = own_address(listener.family)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def own_address(family: socket.AddressFamily) -> str:
    """The address of this machine in its network; loopback if there is no network."""
    elsewhere, loopback = ("2001:db8::1", "::1") if family == socket.AF_INET6 else ("192.0.2.1", "127.0.0.1")
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: it only asks which way a packet to a documentation address (RFC 5737) would go.
            probe.connect((elsewhere, 9))
        except OSError:
            return loopback
        host: str = probe.getsockname()[0]
    return host


if __name__ == "__main__":
    main()
