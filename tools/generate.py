"""`python3.11 -m tools generate`: write what is made from the source, the translation catalogues included.

That is: the browser's types of the protocol, the tables of the documents and the points of the presets'
pictures.
"""

from pathlib import Path

from tools import presets, protocol_types, tables, translations


def files() -> dict[Path, str]:
    """Every such file but the catalogues, and what it is to hold."""
    return {**protocol_types.files(), **tables.files(), **presets.files()}


def main() -> None:
    """Bring all of them up to date."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    translations.update()


if __name__ == "__main__":
    main()
