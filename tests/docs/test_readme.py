"""The README keeps its promises: its example prints what it shows, its table is the settings."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tools.step import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLE = re.compile(r"```python\n(?P<program>.*?)```\n```text\n(?P<output>.*?)```", re.DOTALL)


def test_the_example_prints_what_is_shown(client: httpx.Client) -> None:
    example = EXAMPLE.search(README)
    assert example
    program = example["program"].replace("127.0.0.1:8000", client.base_url.netloc.decode())
    answer = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False
    )
    assert answer.stderr == ""
    assert answer.stdout == example["output"]


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_between_files_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_variables_named_in_the_text_exist() -> None:
    known = {f"PLAYGROUND_{name.upper()}" for name in Settings.model_fields} | {"PLAYGROUND_CHROMIUM"}
    named = {
        variable
        for path in [*PAGES, ROOT / "Dockerfile"]
        for variable in re.findall(r"PLAYGROUND_[A-Z_]+", path.read_text(encoding="utf-8"))
    }
    assert named <= known
