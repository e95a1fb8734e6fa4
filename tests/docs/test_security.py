"""docs/security.md names a test for each attack on the web layer: it is there."""

import re

from tools.step import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_is_named_exists() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.partition("## The web layer")[2].splitlines() if line.startswith("| ")]
    assert len(rows) > 15
    for row in rows[1:]:
        named = NAMED.findall(row)
        assert named, row
        for path, name in named:
            assert re.search(
                rf"^ *(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE
            ), name
