"""All settings, read from the environment (PLAYGROUND_PORT=9000), and their defaults."""

import ipaddress
import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def listed(value: object) -> object:
    """The items of a list as one writes it into the environment: with commas or spaces, or as JSON."""
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.startswith("[") else value.replace(",", " ").split()


Listed = (NoDecode, BeforeValidator(listed))
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
RootPath = Annotated[
    str,
    Field(pattern=r"^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?$"),
    AfterValidator(lambda path: path.rstrip("/")),
]
Ancestor = Annotated[str, Field(pattern=r"^https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?$")]


class Settings(BaseSettings):
    """Sizes in bytes, times in seconds, unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="PLAYGROUND_", frozen=True, use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 opens the server to the network."""
    port: int = Field(8000, ge=0, le=65535)
    """Port to listen on; 0 picks a free one."""
    allowed_hosts: Annotated[list[str], *Listed] = []
    """Further host names (as in the address bar) this server answers to, besides its own addresses,
    separated by commas; * answers to any."""
    root_path: RootPath = ""
    """Path below which a reverse proxy offers this server, such as /playground."""
    trusted_proxies: Annotated[list[Network], *Listed] = []
    """Addresses and networks of reverse proxies, separated by commas. X-Forwarded-For, X-Forwarded-Proto and
    Forwarded are believed of them only."""
    hsts: int = Field(0, ge=0)
    """Browsers on https are told to use nothing else for so long (Strict-Transport-Security). 0: are not."""
    frame_ancestors: Annotated[list[Ancestor], *Listed] = []
    """Sites whose pages may show this server in a frame, such as https://moodle.school.edu, separated by
    commas."""
    access: Literal["open", "phrase", "proxy"] = "open"
    """Who may come in: everybody; who knows the phrase; whom a trusted proxy names in a header."""
    access_phrase: SecretStr | None = Field(None, min_length=8, validate_default=True)
    """The phrase, of at least 8 characters; several words are best."""
    access_header: Name = "Remote-User"
    """The header in which a trusted proxy names whom it has signed in."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much the server writes to its standard error; debug includes every request."""
    log_format: Literal["text", "json"] = "text"
    """json: one object a line, with the id that each answer has as X-Request-ID."""
    metrics: bool = False
    """Whether to serve numbers for Prometheus at /metrics, to whoever can reach it."""
    metrics_port: int | None = Field(None, ge=1, le=65535)
    """Serve them on this port alone, and nothing else there; unset: beside the pages."""
    admin_token: SecretStr | None = Field(None, min_length=16)
    """Opens /admin, which there is only if this is set. At least 16 characters."""

    dev: bool = False
    """For work on the pages: each load of one reads static/, templates/ and locales/ anew, unbundled."""

    rate_limit: float = Field(1.0, ge=0)
    """Multiplies what one client may ask for in a minute; 0 lifts those limits."""
    max_sockets: int = Field(4000, ge=1)
    """Viewers at once; one more is refused."""
    max_body: int = Field(128 * 1024, ge=1024)
    """Largest HTTP body and largest socket message."""

    lessons: Path | None = None
    """Folder of lessons (*.yaml) beside those that come with the product."""

    device: Literal["cpu", "cuda", "auto"] = "cpu"
    """Where training runs; auto takes a GPU where there is one."""
    max_runs: int = Field(2000, ge=1)
    """Runs kept at once; one more is refused."""
    max_runs_per_client: int = Field(40, ge=1)
    """Runs one browser may hold at once; all behind one address together, half of all runs."""
    run_memory: int = Field(16 * 1024 * 1024, ge=0)
    """Memory one run may come to take; settings that need more are refused."""
    runs_memory: int = Field(1024 * 1024 * 1024, ge=0)
    """Memory all runs together may come to take; one more is refused."""
    run_retention: float = Field(3600.0, gt=0)
    """A run that nobody watches or calls leaves the memory after this, and comes back when it is called."""
    owner_grace: float = Field(60.0, ge=0)
    """A playing run pauses this long after its owner's last connection closed."""
    snapshots_per_second: float = Field(60.0, gt=0, le=1000)
    """Most snapshots per second that a run makes."""

    data_dir: Path = Path("data")
    """Folder for what is stored: runs, their owners and comparisons. One server per folder."""
    database_url: str | None = Field(None, pattern=r"^(postgresql|sqlite)://")
    """PostgreSQL in place of a file in that folder: postgresql://user:password@host/name."""
    store_retention: float = Field(30 * 24 * 3600.0, gt=0)
    """A stored run that nobody watches or calls is deleted after this."""
    room_retention: float = Field(7 * 24 * 3600.0, gt=0)
    """A room that nobody uses is deleted after this, with all answers given there."""
    max_rooms: int = Field(500, ge=1)
    """Rooms kept at once; one more is refused."""
    room_members: int = Field(200, ge=1, le=500)
    """Members of one room; one more is refused."""
    store_size: int = Field(1024 * 1024 * 1024, ge=1024 * 1024)
    """Size of what is stored above which the runs unused for longest are deleted."""

    sandbox: Literal["require", "best-effort"] | None = None
    """Whether to refuse to start without seccomp and landlock. Unset: require unless bound to loopback
    without a proxy."""
    sandbox_children: int = Field(4, ge=1, le=64)
    """Single-use processes kept ready."""
    sandbox_queue: int = Field(64, ge=1)
    """Programs that may wait for a process; one more is refused."""
    sandbox_wall_clock: float = Field(2.0, gt=0)
    """A program that runs longer is told to stop, and killed a moment later."""
    live_programs: int = Field(4, ge=1, le=64)
    """Programs that may go on for longer than `sandbox_wall_clock` at once; others wait for their turn."""
    live_seconds: float = Field(120.0, gt=0)
    """How long such a program may run; what it stands still does not count."""
    live_processor_seconds: float = Field(20.0, gt=0)
    """Processor time that it may take."""
    live_pause: float = Field(600.0, gt=0)
    """How long it may stand still."""
    sandbox_memory: int = Field(256 * 1024 * 1024, ge=16 * 1024 * 1024)
    """Memory a program may take beyond what torch itself uses."""

    @field_validator("access")
    @classmethod
    def _needs_proxies(cls, access: str, info: ValidationInfo) -> str:
        if access == "proxy" and not info.data.get("trusted_proxies"):
            raise ValueError("proxy needs PLAYGROUND_TRUSTED_PROXIES")
        return access

    @field_validator("access_phrase")
    @classmethod
    def _needs_phrase(cls, phrase: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if info.data.get("access") == "phrase" and phrase is None:
            raise ValueError("PLAYGROUND_ACCESS=phrase needs it")
        return phrase
