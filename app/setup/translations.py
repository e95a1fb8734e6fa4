"""The translation catalogues: brought up to date with the source, and compiled for the server."""

from io import BytesIO
from pathlib import Path

from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

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


def extract(target: Path) -> None:
    """Write every marked text of the source to a `.pot` file."""
    mapping = (
        "--mapping",
        str(ROOT / "babel.cfg"),
        "--keyword",
        "N_",
        "--keyword",
        "t",
        "--keyword",
        "tn:1,2",
    )
    arguments = ["pybabel", "--quiet", "extract", *mapping, "--output", str(target), str(ROOT)]
    CommandLineInterface().run(arguments)  # type: ignore[no-untyped-call]


def update() -> None:
    """Bring each language's `.po` file up to date: new texts appear untranslated, unused ones go."""
    TEMPLATE.parent.mkdir(exist_ok=True)
    extract(TEMPLATE)
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    for path in catalogues():
        header, _, _ = path.read_text(encoding="utf-8").partition("\n\n")
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.parts[-3])
        catalogue.update(template, no_fuzzy_matching=True)
        body = BytesIO()
        # In alphabetical order, without places in the source or dates: only texts make a difference.
        write_po(
            body,
            catalogue,
            width=0,
            omit_header=True,
            no_location=True,
            sort_output=True,
            ignore_obsolete=True,
        )
        path.write_text(f"{header}\n\n{body.getvalue().decode()}", encoding="utf-8")
