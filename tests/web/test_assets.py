"""Files in memory, and what stands in for Plotly's small bundle."""

import gzip
import os
from pathlib import Path

import pytest

from app.web import plotly
from app.web.assets import Assets, read_asset


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
