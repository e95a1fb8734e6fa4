"""`python3.11 -m tools generate`: write what is made from the source, the translation catalogues included.

That is: the browser's types of the protocol, the tables of the documents, the points of the presets' pictures
and what tells of the calculator's language.
"""

from pathlib import Path

from tools import language, presets, protocol_types, tables, translations


def files() -> dict[Path, str]:
    """Every such file but the catalogues, and what it is to hold. Imports torch."""
    return {**protocol_types.files(), **tables.files(), **presets.files(), **language.files()}


def main() -> None:
    """Bring all of them up to date."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    translations.update()


if __name__ == "__main__":
    main()
