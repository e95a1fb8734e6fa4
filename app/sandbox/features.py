"""The kernel barriers that hold on this machine, and whether they are enough."""

from ipaddress import ip_address

from app.errors import N_, PlaygroundError
from app.protocol.record import Record
from app.settings import Settings


class Features(Record):
    """The barriers around every child, as found by trying them in a throw-away process."""

    seccomp: bool
    """Whether only the system calls that computing needs are allowed."""
    landlock: int
    """The kernel's landlock version, which denies every file; 0: none."""
    network_namespace: bool
    """A network of its own with nothing in it, and no shared memory."""
    process_namespace: bool
    """No process to be seen but the children."""
    empty_root: bool
    """A file system of its own with nothing in it."""
    other_namespaces: bool
    """No name of the machine, and no control groups to be seen."""
    unprivileged: bool
    """Whether the child is another user than root; it has no capabilities in either case."""

    def __str__(self) -> str:
        words = {name: value for name, value in self if value}
        absent = [name for name, value in self if not value]
        held = " ".join(f"{name}={value}" if name == "landlock" else name for name, value in words.items())
        return held + (f" (missing: {' '.join(absent)})" if absent else "")


NOTHING = Features(
    seccomp=False,
    landlock=0,
    network_namespace=False,
    process_namespace=False,
    empty_root=False,
    other_namespaces=False,
    unprivileged=False,
)


class Insecure(PlaygroundError):
    """The machine cannot confine strangers' programs, and the settings demand that it does."""


def require(features: Features, settings: Settings) -> None:
    """Raises Insecure when the settings ask for more than `features`."""
    missing = [name for name in ("seccomp", "landlock") if not getattr(features, name)]
    if _required(settings) and missing:
        raise Insecure(
            N_(
                "This machine cannot confine students' programs: {missing} is missing (it needs Linux 5.13 "
                "with landlock, and libseccomp). To run without it on a machine you trust everyone on, set "
                "PLAYGROUND_SANDBOX=best-effort."
            ),
            missing=", ".join(missing),
        )


def _required(settings: Settings) -> bool:
    if settings.sandbox is not None:
        return settings.sandbox == "require"
    # What listens for a proxy is not only for those who sit at this machine.
    return not is_loopback(settings.host) or bool(settings.trusted_proxies)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
