"""What is made from the source is up to date."""

import json

from tools import generate, presets, protocol_types, translations
from tools.tables import inserted


def test_every_generated_file_is_up_to_date() -> None:
    made = generate.files()
    assert {protocol_types.TARGET, presets.DATA} < made.keys()
    stale = [path.name for path, text in made.items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run `python3.11 -m tools generate`"


def test_so_is_every_catalogue() -> None:
    translations.update("--check")


def test_a_table_takes_the_place_of_the_one_before() -> None:
    text = "A\n<!-- settings: written by tools generate -->\nold\n<!-- end of settings -->\nB"
    assert inserted(text, "settings", "new\n") == text.replace("old", "new")
    assert json.loads(presets.data())
