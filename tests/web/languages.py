"""Languages for tests of modules that need no server."""

import gettext
from pathlib import Path

from app.web.edge.catalogue import Catalogue, Language

ENGLISH = Language("en", gettext.NullTranslations())
CHINESE = Catalogue(Path(__file__).parents[2] / "locales")["zh"]
