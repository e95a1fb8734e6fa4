"""The browser's files, read once and served from memory under a prefix made from their contents.

The prefix changes whenever any file does, so browsers may cache files for ever. A request can only name a
file that was read here.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from os.path import normpath
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.web.pages import bundles, plotly

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""The files that are served, by suffix; other files in static/ are not for the browser."""

HTML = "text/html; charset=utf-8"
IMPORT = {
    ".css": re.compile(r'^@import url\("([\w./-]+)"\)', re.MULTILINE),
    ".js": re.compile(r'^(?:import|\}) [^"]*"(\.\.?/[\w./-]+)";$', re.MULTILINE),
}
"""The file's name in an import of a style sheet or a module, as Biome formats it on one line or several."""
INCOMPRESSIBLE = {".png", ".woff2"}
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings, best first, and the suffix of a file's compressed sibling."""


class Asset(NamedTuple):
    """One file. encoded: its compressed bodies, by content coding."""

    body: bytes
    media_type: str
    encoded: dict[str, bytes]

    def answer(self, request: Request, headers: Mapping[str, str]) -> Response:
        """An answer with the file, compressed if the browser accepts it."""
        vary = ", ".join(filter(None, [headers.get("Vary"), "Accept-Encoding"]))
        header = ",".join(request.headers.getlist("accept-encoding"))
        for coding, body in self.encoded.items():
            if accepts(header, coding):
                encoded = {**headers, "Vary": vary, "Content-Encoding": coding}
                return Response(body, headers=encoded, media_type=self.media_type)
        return Response(self.body, headers={**headers, "Vary": vary}, media_type=self.media_type)


def accepts(header: str, coding: str) -> bool:
    """Whether an Accept-Encoding header (RFC 9110, section 12.5.3) allows a content coding.

    >>> accepts("gzip, br;q=0.5", "br"), accepts("gzip;q=0, *", "gzip"), accepts("identity", "gzip")
    (True, False, False)
    """
    weights: dict[str, str] = {}
    for element in header.lower().split(","):
        name, *parameters = [part.strip() for part in element.split(";")]
        weights[name] = next((part[2:].strip() for part in parameters if part.startswith("q=")), "1")
    return weights.get(coding, weights.get("*", "0")).strip("0.") != ""


class Assets:
    """All files under static/ and, if set-up did not fetch Plotly, the plotly package's bundle.

    root: the path below which the server is offered. bundled: whether to serve set-up's bundles of scripts
    and style sheets in place of their sources.
    """

    def __init__(self, directory: Path, root: str = "", *, bundled: bool = True) -> None:
        self._directory = directory
        self._root = root
        self._bundled = bundled
        self.router = APIRouter()
        self.router.add_api_route(
            "/static/{version}/{path:path}", self.serve, methods=["GET", "HEAD"], include_in_schema=False
        )
        self.load()

    def load(self) -> None:
        """Read all files; bundles only if they were made of the present scripts and style sheets."""
        directory = self._directory
        built = directory / bundles.FOLDER
        fresh = self._bundled and bundles.are_fresh(directory)
        self._files = {
            path.relative_to(directory).as_posix(): read_asset(path)
            for path in sorted(directory.rglob("*"))
            if path.suffix in MEDIA_TYPES and path.is_file() and (fresh or built not in path.parents)
        }
        self.plotly = plotly.BASIC
        if plotly.BASIC_SCRIPT not in self._files:
            self.plotly, bundled = plotly.full_bundle()
            # Level 1: this runs at every start, and still makes 4.8 MB into 1.7.
            self._files |= {path: compressed(path, body, level=1) for path, body in bundled.items()}
        digest = hashlib.sha256()
        for path, asset in self._files.items():
            digest.update(f"{path}\0{len(asset.body)}\0".encode() + asset.body)
        self.version = digest.hexdigest()[:12]

    def url(self, path: str) -> str:
        """The address of a file such as "js/train.js", or of its bundle. Raises: KeyError: there is none."""
        if path not in self._files:
            raise KeyError(f"static/{path} does not exist")
        return f"{self._root}/static/{self.version}/{self._bundle(path) or path}"

    def _bundle(self, path: str) -> str | None:
        """The path of an up-to-date bundle of a script or a style sheet."""
        bundle = f"{bundles.FOLDER}/{path}"
        return bundle if bundle in self._files else None

    def imported(self, path: str) -> list[str]:
        """The addresses of all files that a module or sheet imports, so that the page can fetch them at once.

        Empty if there is a bundle, which holds them.
        """
        if self._bundle(path):
            return []
        return [self.url(name) for name in self._needed(path) if name != path]

    def text(self, path: str) -> str:
        """The text of a module and of all that it imports."""
        return "\n".join(self._files[name].body.decode() for name in self._needed(path))

    def _needed(self, path: str) -> list[str]:
        """A module or sheet and all that it imports, each once."""
        needed, unread = dict.fromkeys([path]), [path]
        while unread:
            importer = PurePosixPath(unread.pop())
            text = self._files[str(importer)].body.decode()
            found = [normpath(importer.parent / name) for name in IMPORT[importer.suffix].findall(text)]
            unread += [name for name in found if name not in needed]
            needed |= dict.fromkeys(found)
        return list(needed)

    async def serve(self, request: Request, version: str, path: str) -> Response:
        """Answer with a file, compressed if the browser accepts it."""
        asset = self._files.get(path)
        if asset is None:
            raise HTTPException(404)
        # A page from before an upgrade gets the present file, but must not cache it under the old name.
        current = version == self.version
        kept = "public, max-age=31536000, immutable" if current else "no-cache"
        return asset.answer(request, {"Cache-Control": kept})


def read_asset(path: Path) -> Asset:
    """A file with the compressed siblings that set-up made, or compressed here if there are none."""
    body = path.read_bytes()
    siblings = {
        coding: sibling.read_bytes()
        for coding, suffix in ENCODINGS.items()
        # A sibling older than the file was made from an earlier version.
        if (sibling := path.with_name(path.name + suffix)).is_file()
        and sibling.stat().st_mtime >= path.stat().st_mtime
    }
    return Asset(body, MEDIA_TYPES[path.suffix], siblings) if siblings else compressed(path.name, body)


def compressed(name: str, body: bytes, level: int = 6) -> Asset:
    """A file with its gzip form, where that helps. A file without a suffix of MEDIA_TYPES is a page."""
    suffix = Path(name).suffix
    encoded = {} if suffix in INCOMPRESSIBLE else {"gzip": gzip.compress(body, level, mtime=0)}
    return Asset(body, MEDIA_TYPES.get(suffix, HTML), encoded)
