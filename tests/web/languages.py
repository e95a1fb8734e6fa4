"""Languages, for tests of what stands below the server."""

import gettext
from pathlib import Path

from app.web.catalogue import Language

LOCALES = Path(__file__).parents[2] / "locales"
ENGLISH = Language("en", gettext.NullTranslations())
