import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest

from app.web.pages import bundles
from tools import page_files, step
from tools.page_files import BUILT, NODE, PLOTLY, STATIC, VENDOR
from tools.step import ROOT

UNPACK = """
const { readFileSync } = require("node:fs");
process.stdout.write(require("node:zlib").brotliDecompressSync(readFileSync(process.argv[1])));
"""
PAGES = {path.stem for path in (STATIC / "js").glob("*.js")}


@pytest.mark.parametrize(
    "path", [PLOTLY.name, "plotly.css", "../built/js/train.js", "../built/css/train.css"]
)
def test_compressed_siblings_hold_the_same_bytes(path: str) -> None:
    plain = (VENDOR / path).read_bytes()
    assert plain
    assert gzip.decompress((VENDOR / f"{path}.gz").read_bytes()) == plain
    unpacked = subprocess.run([NODE, "-e", UNPACK, VENDOR / f"{path}.br"], capture_output=True, check=True)
    assert unpacked.stdout == plain


def test_plotly_is_the_one_that_npm_verified() -> None:
    assert (VENDOR / PLOTLY.name).read_bytes() == PLOTLY.read_bytes()


def test_every_page_has_one_script_that_imports_nothing() -> None:
    assert bundles.are_fresh(STATIC)
    assert {path.stem for path in (BUILT / "js").glob("*.js")} == PAGES
    for page in PAGES:
        script = (BUILT / "js" / f"{page}.js").read_text()
        assert script
        assert not re.search(r"""\bimport\s*[("'{*]|\bfrom\s*["']|\beval\(|new Function""", script)


def test_a_style_sheet_is_bundled_with_those_it_imports_in_their_layers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "static"
    (static / "css" / "page").mkdir(parents=True)
    (static / "js").mkdir()
    (static / "css" / "train.css").write_text('@layer base, page;\n@import "page/a.css" layer(base);\n')
    (static / "css" / "page" / "a.css").write_text("p { color: red; }\n")
    (static / "js" / "train.js").write_text('import "./part.js";\n')
    (static / "js" / "part.js").write_text("globalThis.part = 1;\n")
    monkeypatch.setattr(step, "ROOT", tmp_path)
    monkeypatch.setattr(page_files, "STATIC", static)
    monkeypatch.setattr(page_files, "BUILT", static / "built")
    page_files.bundle()
    built = static / "built"
    assert (built / "css" / "train.css").read_text() == "@layer base,page;@layer base{p{color:red}}\n"
    assert (built / "js" / "train.js").read_text() == "globalThis.part=1;\n"
    assert bundles.are_fresh(static)
    (static / "css" / "page" / "a.css").write_text("p { color: blue; }\n")
    assert not bundles.are_fresh(static)


def test_the_lock_file_pins_every_package_by_hash_and_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {path: package for path, package in packages.items() if path}
    assert all(package["integrity"].startswith("sha512-") for package in fetched.values())
    assert not any("resolved" in package for package in fetched.values())


def test_package_json_names_exact_versions() -> None:
    manifest = json.loads((ROOT / "package.json").read_text())
    versions = {**manifest["dependencies"], **manifest["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_set_up_itself_names_no_host() -> None:
    files = [
        *(ROOT / name for name in ("Makefile", ".npmrc", "package.json", "pyproject.toml", ".ci/run")),
        *(ROOT / "tools").glob("*.*"),
    ]
    assert [str(path) for path in files if "://" in path.read_text()] == []


def test_the_page_names_no_host() -> None:
    """Names of XML namespaces are not addresses."""
    served = [
        path
        for folder in (ROOT / "templates", ROOT / "static")
        for path in folder.rglob("*")
        if path.suffix in {".html", ".js", ".css", ".svg"} and VENDOR not in path.parents
    ]
    assert served
    hosts = {host for path in served for host in re.findall(r"https?://[^/\s\"'`)]+", path.read_text())} - {
        "http://www.w3.org"
    }
    assert hosts == set()
