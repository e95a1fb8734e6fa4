"""How long a program may be, and how much of what it does is told."""

from typing import Final

MAX_PROGRAM_BYTES: Final = 64 * 1024
MAX_PRINTED: Final = 64 * 1024
"""Characters printed."""
MAX_MESSAGE: Final = 4096
"""Characters of an error's text."""
MAX_WARNINGS: Final = 50
MAX_VARIABLES: Final = 200
