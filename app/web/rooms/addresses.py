"""Where other machines reach this server."""

import ipaddress
import socket
import struct
import sys
from contextlib import suppress

from starlette.requests import HTTPConnection

from app.settings import Settings
from app.web.edge.cookies import is_secure
from app.web.edge.guard import LOOPBACK, hostname, ip_address

SIOCGIFADDR = 0x8915
"""Linux: the IPv4 address of a network interface."""
DEFAULT_PORTS = {"http": 80, "https": 443}


def addresses(connection: HTTPConnection, settings: Settings) -> tuple[str, ...]:
    """Addresses of the pages, the likeliest first; none if the server listens on this machine alone.

    The name by which a browser of another machine, or a proxy, has called the server works for others, too.
    """
    scheme = "https" if is_secure(connection.scope) else "http"
    host = connection.headers.get("host", "")
    name = hostname(host) or ""
    found = [] if is_local(name) else [f"{scheme}://{host}{settings.root_path}"]
    listening = ip_address(settings.host)
    if listening is not None and listening.is_unspecified and not settings.trusted_proxies:
        port = connection.scope["server"][1]
        shown = "" if port == DEFAULT_PORTS[scheme] else f":{port}"
        found += [f"{scheme}://{one}{shown}{settings.root_path}" for one in of_machine()]
    return tuple(dict.fromkeys(found))


def is_local(name: str) -> bool:
    """Whether a name leads every machine to itself."""
    address = ip_address(name)
    return name in LOOPBACK or (address is not None and address.is_loopback)


def of_machine() -> list[str]:
    """The IPv4 addresses of this machine on its networks."""
    found = set()
    with suppress(OSError):  # It may have a name that nobody knows.
        found = {one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    if sys.platform == "linux":
        found |= of_interfaces()
    return sorted(str(one) for one in found if not ipaddress.ip_address(one).is_loopback)


def of_interfaces() -> set[str | int]:
    """The IPv4 addresses of all network interfaces."""
    import fcntl  # noqa: PLC0415, not on every system

    found: set[str | int] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(any_socket, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # It has none.
            found.add(socket.inet_ntoa(answer[20:24]))
    return found
