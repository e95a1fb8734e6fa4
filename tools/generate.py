"""`python3.11 -m tools generate`: write what is made from the source, the translation catalogues included.

That is: the browser's types of the protocol and the shapes of its messages, the tables of the documents and
the points of the presets' pictures.
"""

from pathlib import Path

from tools import message_shapes, presets, protocol_types, tables, translations


def files() -> dict[Path, str]:
    """Every such file but the catalogues, and what it is to hold."""
    makers = (protocol_types, message_shapes, tables, presets)
    return {path: text for maker in makers for path, text in maker.files().items()}


def main() -> None:
    """Bring all of them up to date."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    translations.update()


if __name__ == "__main__":
    main()
