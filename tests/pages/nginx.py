"""nginx in front of a server, as docs/running.md has it: below a path, in both ways, and over https."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.server import PATIENCE, wait_for
from tools.step import ROOT

PROGRAMS = [shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("nginx", "openssl")]
MISSING = None if all(PROGRAMS) else "needs nginx and openssl (Debian: apt-get install nginx openssl)"

SHOWN = re.search(
    r"```nginx\n(?P<map>map .*?)\n\n.*?(?P<location>    location /playground/ \{.*?\n    \})",
    (ROOT / "docs" / "running.md").read_text(encoding="utf-8"),
    re.DOTALL,
)
assert SHOWN
LOCATION = SHOWN["location"]
CONFIG = """
daemon off;
USER
pid FOLDER/pid;
error_log FOLDER/error.log;
events {}
http {
  access_log off;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/proxy;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  ssl_certificate FOLDER/cert;
  ssl_certificate_key FOLDER/key;
  MAP
  server {
    listen 127.0.0.1:TAKEN_OFF;
    listen 127.0.0.1:HTTPS ssl;
    LOCATION_TAKEN_OFF
    location /course {
      default_type text/html;
      return 200 '<title>course</title><iframe src="https://127.0.0.1:HTTPS/playground/"></iframe>';
    }
  }
  server {
    listen 127.0.0.1:PASSED_ON;
    LOCATION_PASSED_ON
  }
}
"""


class Ports(NamedTuple):
    """Where nginx listens: for requests whose path it takes off, for those it passes on, and for https."""

    taken_off: int
    passed_on: int
    https: int


def free_ports() -> Ports:
    """Ports that nobody else has now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in Ports._fields]
        return Ports(*(each.getsockname()[1] for each in sockets))


@contextmanager
def running_nginx(folder: Path, server: str, ports: Ports) -> Iterator[None]:
    """Nginx in front of `server`. It keeps all its files in `folder`."""
    nginx, openssl = map(str, PROGRAMS)
    config = folder / "nginx.conf"
    # Its workers would be somebody who may not enter a folder of pytest's.
    user = "user root;" if folder.owner() == "root" else ""
    shown = LOCATION.replace("http://127.0.0.1:8000", server)
    parts = {
        "USER": user,
        "FOLDER": str(folder),
        "MAP": SHOWN["map"] if SHOWN else "",
        "LOCATION_TAKEN_OFF": shown.replace(server, f"{server}/"),
        "LOCATION_PASSED_ON": shown,
        **{name.upper(): str(port) for name, port in ports._asdict().items()},
    }
    # The longest first: some of them contain others.
    names = re.compile("|".join(sorted(parts, key=len, reverse=True)))
    config.write_text(names.sub(lambda name: parts[name[0]], CONFIG))
    certificate = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ]
    made = [openssl, *certificate, "-keyout", str(folder / "key"), "-out", str(folder / "cert")]
    subprocess.run(made, check=True, capture_output=True)
    process = subprocess.Popen([nginx, "-p", folder, "-c", config, "-e", folder / "error.log"])
    try:
        wait_for((folder / "pid").exists)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)
