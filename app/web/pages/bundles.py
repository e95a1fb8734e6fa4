"""The bundles of the product's scripts and style sheets, and whether they are up to date.

Standard library only: set-up, which makes the bundles, imports this module too.
"""

import hashlib
from pathlib import Path

FOLDER = "built"
"""The folder under static/: `built/js/train.js` is made of `js/train.js` and all modules that it imports."""
DIGEST = "digest"
"""The file in that folder with the digest of the bundles' sources, written after the bundles."""


def sources(static: Path) -> list[Path]:
    """Every file that a bundle may be made of."""
    return sorted([*static.glob("js/**/*.js"), *static.glob("css/**/*.css")])


def digest(static: Path) -> str:
    """A digest of the sources: their names and their contents."""
    total = hashlib.sha256()
    for path in sources(static):
        body = path.read_bytes()
        total.update(f"{path.relative_to(static).as_posix()}\0{len(body)}\0".encode() + body)
    return total.hexdigest()


def are_fresh(static: Path) -> bool:
    """Whether the bundles were made of the present sources."""
    written = static / FOLDER / DIGEST
    return written.is_file() and written.read_text() == digest(static)
