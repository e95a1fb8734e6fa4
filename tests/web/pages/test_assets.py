"""Files in memory, and what stands in for Plotly's small bundle."""

import gzip
import os
import re
from pathlib import Path

import pytest

from app.web.pages import bundles, plotly
from app.web.pages.assets import Assets, read_asset
from tools.step import ROOT


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "train.js").write_text("export const a = 1;\n" * 50)
    (tmp_path / "vendor").mkdir()
    (tmp_path / plotly.BASIC_SCRIPT).write_text("var Plotly;")
    (tmp_path / plotly.BASIC_STYLE).write_text(".js-plotly-plot .plotly {}")
    return tmp_path


def test_addresses_change_when_any_content_does(directory: Path) -> None:
    before = Assets(directory).url("js/train.js")
    assert Assets(directory).url("js/train.js") == before
    (directory / plotly.BASIC_STYLE).write_text(".js-plotly-plot .plotly { }")
    assert Assets(directory).url("js/train.js") != before


def test_a_file_that_does_not_exist_has_no_address(directory: Path) -> None:
    with pytest.raises(KeyError, match=r"static/js/nothing\.js does not exist"):
        Assets(directory).url("js/nothing.js")


def test_text_is_compressed_and_comes_back_the_same(directory: Path) -> None:
    asset = read_asset(directory / "js" / "train.js")
    assert gzip.decompress(asset.encoded["gzip"]) == asset.body
    assert len(asset.encoded["gzip"]) < len(asset.body)


def test_a_compressed_sibling_is_taken_unless_it_is_older_than_its_file(directory: Path) -> None:
    script = directory / "js" / "train.js"
    sibling = script.with_name("train.js.br")
    sibling.write_bytes(b"made by set-up")
    assert read_asset(script).encoded == {"br": b"made by set-up"}
    os.utime(sibling, ns=(0, 0))
    assert "br" not in read_asset(script).encoded


def test_with_the_small_bundle_nothing_else_is_needed(directory: Path) -> None:
    assert Assets(directory).plotly == plotly.BASIC


def test_without_it_the_full_one_is_served_with_its_styles(
    directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (directory / plotly.BASIC_SCRIPT).unlink()
    assets = Assets(directory)
    assert assets.url(assets.plotly.script).endswith("/vendor/plotly.min.js")
    assert plotly.GLOBAL_STYLE in assets.plotly.styles
    assert len(assets.plotly.styles) == 2
    assert len([r for r in caplog.records if "full bundle" in r.message]) == 1


def test_the_full_bundles_styles_are_what_it_would_have_injected() -> None:
    bundled, files = plotly.full_bundle()
    bundle = files[bundled.script].decode()
    sheets = {element: files[path].decode() for element, path in bundled.styles.items()}
    (maplibre,) = sheets.keys() - {plotly.GLOBAL_STYLE}
    # The bundle injects a style only where no element of that id is on the page.
    assert f'getElementById("{maplibre}")' in bundle
    assert sheets[maplibre].startswith(".maplibregl-map{")
    assert sheets[maplibre].count("{") == sheets[maplibre].count("}") > 50
    assert ".js-plotly-plot .plotly .modebar" in sheets[plotly.GLOBAL_STYLE]
    assert sheets[plotly.GLOBAL_STYLE].count("{") > 60


def test_all_that_a_style_sheet_imports_is_known_before_it_is_asked_for(directory: Path) -> None:
    sheets = {
        "train.css": '@layer base;\n@import url("page/base.css") layer(base);\n@import url("page/all.css");',
        "page/all.css": '@import url("tokens.css");\n@import url("../charts/plot.css");\n',
        "page/base.css": 'a::after { content: "@import"; }\n',
        "page/tokens.css": "",
        "charts/plot.css": "",
    }
    for name, text in sheets.items():
        (directory / "css" / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / "css" / name).write_text(text)
    assets = Assets(directory)
    imported = [address.partition("/css/")[2] for address in assets.imported("css/train.css")]
    assert sorted(imported) == sorted(sheets.keys() - {"train.css"})
    assert assets.imported("css/page/base.css") == []


def test_the_text_of_a_module_is_that_of_all_it_imports(directory: Path) -> None:
    js = directory / "js"
    (js / "train.js").write_text('import { a } from "./run/a.js";\n// train\n')
    (js / "run").mkdir()
    (js / "run" / "a.js").write_text('import {\n  b,\n} from "./b.js";\n// a\n')
    (js / "run" / "b.js").write_text('import { a } from "./a.js";\n// b\n')
    (js / "run" / "other.js").write_text("// other\n")
    text = Assets(directory).text("js/train.js")
    assert all(text.count(f"// {name}\n") == 1 for name in ("train", "a", "b"))
    assert "// other" not in text


@pytest.fixture
def bundled(directory: Path) -> Path:
    """With a bundle of the script as it is."""
    (directory / "js" / "part.js").write_text("export const b = 2;\n")
    (directory / "js" / "train.js").write_text('import { b } from "./part.js";\nexport const a = b;\n')
    (directory / "built" / "js").mkdir(parents=True)
    (directory / "built" / "js" / "train.js").write_text("const b=2;export{b as a};")
    (directory / "built" / bundles.DIGEST).write_text(bundles.digest(directory))
    return directory


def test_a_bundle_takes_the_place_of_the_modules_it_is_made_of(bundled: Path) -> None:
    assets = Assets(bundled)
    assert assets.url("js/train.js") == f"/static/{assets.version}/built/js/train.js"
    assert assets.imported("js/train.js") == []
    assert assets.url("js/part.js").endswith("/js/part.js")


@pytest.mark.parametrize("edit", ["changed", "added", "renamed", "removed", "touched back"])
def test_a_bundle_of_other_sources_is_not_there(bundled: Path, edit: str) -> None:
    part = bundled / "js" / "part.js"
    times = part.stat().st_mtime_ns
    if edit == "added":
        (bundled / "css").mkdir()
        (bundled / "css" / "train.css").touch()
    elif edit == "renamed":
        part.rename(part.with_name("other.js"))
    elif edit == "removed":
        (bundled / "built" / bundles.DIGEST).unlink()
    else:
        part.write_text("export const b = 3;\n")
    if edit == "touched back":
        os.utime(part, ns=(times, times))
    assets = Assets(bundled)
    assert "/built/" not in assets.url("js/train.js")
    with pytest.raises(KeyError):
        assets.url("built/js/train.js")
    if part.exists():
        assert assets.imported("js/train.js") == [assets.url("js/part.js")]


def test_whoever_works_on_the_scripts_gets_them_one_by_one(bundled: Path) -> None:
    assets = Assets(bundled, bundled=False)
    assert assets.url("js/train.js").endswith(f"{assets.version}/js/train.js")
    assert assets.imported("js/train.js") == [assets.url("js/part.js")]
    before = assets.version
    (bundled / "js" / "part.js").write_text("export const b = 3;\n")
    assets.load()
    assert assets.version != before


def test_all_modules_of_a_page_are_asked_for_at_once() -> None:
    """Each import of each module, read in another way than `imported` does."""
    static = ROOT / "static"
    assets = Assets(static, bundled=False)
    for entry in sorted((static / "js").glob("*.js")):
        open_, seen = [entry], set()
        while open_:
            module = open_.pop()
            seen.add(module)
            text = module.read_text(encoding="utf-8")
            found = re.findall(r'^import [^;]*?"(\.\.?/[^"]+)"', text, re.MULTILINE)
            open_ += {(module.parent / name).resolve() for name in found} - seen
        listed = {assets.url(f"js/{entry.name}"), *assets.imported(f"js/{entry.name}")}
        assert listed == {assets.url(path.relative_to(static).as_posix()) for path in seen}
