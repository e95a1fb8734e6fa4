"""The translation catalogues: brought up to date with the source, and compiled for the server."""

from pathlib import Path

from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.setup.step import ROOT, Step

LOCALES = ROOT / "locales"
TEMPLATE = ROOT / "build" / "messages.pot"


def catalogues() -> list[Path]:
    """The `.po` file of each language."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/messages.po"))


def compiled() -> Step:
    """Each language's `.mo` file."""
    sources = catalogues()
    outputs = [path.with_suffix(".mo") for path in sources]
    return Step("translations", "compiling the translations", sources, outputs, compile_catalogues)


def compile_catalogues() -> None:
    """Write the `.mo` file beside each `.po` file."""
    for path in catalogues():
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale=path.parts[-3]))


def extract() -> None:
    """Write every marked text of the source to `build/messages.pot`."""
    TEMPLATE.parent.mkdir(exist_ok=True)
    # Without locations and in alphabetical order: moving code about leaves the catalogues as they are.
    pybabel(
        *("extract", "--quiet", "--mapping", str(ROOT / "babel.cfg"), "--keyword", "N_", "--keyword", "t"),
        *("--no-location", "--sort-output", "--no-wrap", "--project", "autograd-playground"),
        *("--output", str(TEMPLATE), str(ROOT)),
    )


def update() -> None:
    """Bring each language's `.po` file up to date: new texts appear untranslated, unused ones go."""
    extract()
    for path in catalogues():
        pybabel(
            *("update", "--quiet", "--input-file", str(TEMPLATE), "--output-file", str(path)),
            *("--locale", path.parts[-3], "--no-fuzzy-matching", "--ignore-obsolete", "--no-wrap"),
            "--ignore-pot-creation-date",
        )


def pybabel(*arguments: str) -> None:
    """Babel's command line, in this process."""
    CommandLineInterface().run(["pybabel", *arguments])  # type: ignore[no-untyped-call]
