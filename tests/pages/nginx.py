"""nginx in front of a server, as docs/running.md has it: below a path, in both ways, and over https."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.server import PATIENCE, wait_for

PROGRAMS = [shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("nginx", "openssl")]
MISSING = None if all(PROGRAMS) else "needs nginx and openssl (Debian: apt-get install nginx openssl)"

CONFIG = """
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/cert;
  ssl_certificate_key {folder}/key;
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  map $http_upgrade $connection_upgrade {{ default upgrade; "" ""; }}
  server {{
    listen 127.0.0.1:{taken_off};
    listen 127.0.0.1:{https} ssl;
    location /playground/ {{ proxy_pass {server}/; }}
    location /course {{
      default_type text/html;
      return 200 '<title>course</title><iframe src="https://127.0.0.1:{https}/playground/"></iframe>';
    }}
  }}
  server {{
    listen 127.0.0.1:{passed_on};
    location /playground/ {{ proxy_pass {server}; }}
  }}
}}
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
    config.write_text(CONFIG.format(folder=folder, server=server, user=user, **ports._asdict()))
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
