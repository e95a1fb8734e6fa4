import gzip
import json
import re

import brotli
import pytest

from tools import vendor
from tools.step import ROOT


@pytest.mark.parametrize("name", ["plotly-basic.min.js", "plotly.css"])
def test_compressed_siblings_hold_the_same_bytes(name: str) -> None:
    plain = (vendor.VENDOR / name).read_bytes()
    assert gzip.decompress((vendor.VENDOR / f"{name}.gz").read_bytes()) == plain
    assert brotli.decompress((vendor.VENDOR / f"{name}.br").read_bytes()) == plain


def test_the_bundle_is_the_one_npm_verified() -> None:
    assert (vendor.VENDOR / vendor.BUNDLE.name).read_bytes() == vendor.BUNDLE.read_bytes()


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
        *(ROOT / "app" / "setup").glob("*.py"),
    ]
    assert [str(path) for path in files if "://" in path.read_text()] == []


def test_the_page_names_no_host() -> None:
    """Names of XML namespaces are not addresses."""
    served = [
        path
        for folder in (ROOT / "templates", ROOT / "static")
        for path in folder.rglob("*")
        if path.suffix in {".html", ".js", ".css", ".svg"} and vendor.VENDOR not in path.parents
    ]
    assert served
    hosts = {host for path in served for host in re.findall(r"https?://[^/\s\"'`)]+", path.read_text())} - {
        "http://www.w3.org"
    }
    assert hosts == set()
