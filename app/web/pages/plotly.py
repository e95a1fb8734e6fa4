"""The Plotly bundle that pages load, and its style sheets as files, as the Content-Security-Policy needs.

Plotly injects its rules inline, which the policy forbids. It does not if the page already has an element with
the id of Plotly's own style element, so the same rules are served as files.
"""

import importlib.util
import logging
import re
from pathlib import Path
from typing import NamedTuple

from app.web.pages.plotly_css import global_rules

logger = logging.getLogger(__name__)

GLOBAL_STYLE = "plotly.js-style-global"
BASIC_SCRIPT, BASIC_STYLE = "vendor/plotly-basic.min.js", "vendor/plotly.css"
FULL_SCRIPT = "vendor/plotly.min.js"

# MapLibre, in the full bundle only: e.id="9f21...",e.textContent='.maplibregl-map{...}'
INJECTED = re.compile(r"""(\w+)\.id="([0-9a-f]{64})",\1\.textContent='((?:[^'\\]|\\.)*)'""")


class Plotly(NamedTuple):
    """Paths under static/: the script, and the style sheets by the id that their `<link>` must have."""

    script: str
    styles: dict[str, str]


BASIC = Plotly(BASIC_SCRIPT, {GLOBAL_STYLE: BASIC_STYLE})


def full_bundle() -> tuple[Plotly, dict[str, bytes]]:
    """The bundle of the installed `plotly` package, used if set-up could not fetch the small one.

    Returns the paths, and the files at those paths.
    """
    package = importlib.util.find_spec("plotly")
    if package is None or package.origin is None:
        raise FileNotFoundError("the plotly package is not installed")
    logger.warning("static/%s is missing: serving the plotly package's full bundle instead", BASIC_SCRIPT)
    bundle = (Path(package.origin).parent / "package_data" / "plotly.min.js").read_bytes()
    text = bundle.decode()
    sheets = {GLOBAL_STYLE: global_rules(text)}
    sheets |= {element: css.replace("\\'", "'") for _, element, css in INJECTED.findall(text)}
    styles = {element: f"vendor/plotly-{number}.css" for number, element in enumerate(sheets)}
    files = {styles[element]: css.encode() for element, css in sheets.items()}
    return Plotly(FULL_SCRIPT, styles), {FULL_SCRIPT: bundle, **files}
