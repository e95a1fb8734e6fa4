"""The translation catalogues, brought up to date with the source by Babel."""

from pathlib import Path

from tools.step import ROOT, VENV, call

LOCALES = ROOT / "locales"
TEMPLATE = ROOT / "build" / "messages.pot"
PYBABEL = VENV / "bin" / "pybabel"


def extract(target: Path = TEMPLATE) -> None:
    """Write every marked text of the source to a `.pot` file."""
    target.parent.mkdir(exist_ok=True)
    keywords = ("--keyword=N_", "--keyword=t", "--keyword=tn:1,2")
    options = ("--mapping=babel.cfg", *keywords, "--no-location", "--sort-output")
    call("extracting texts", PYBABEL, "--quiet", "extract", *options, f"--output-file={target}", ".")


def update(*options: str) -> None:
    """Bring each language's `.po` file up to date: new texts appear untranslated, unused ones go.

    `--check` changes nothing. Raises SetupError where it finds a file that is not up to date.
    """
    extract()
    # In alphabetical order, without places in the source or dates: only texts make a difference.
    options += ("--no-wrap", "--ignore-obsolete", "--no-fuzzy-matching", "--ignore-pot-creation-date")
    files = (f"--input-file={TEMPLATE}", f"--output-dir={LOCALES}")
    call("updating the catalogues", PYBABEL, "--quiet", "update", *options, *files)
