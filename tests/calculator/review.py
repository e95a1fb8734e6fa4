"""The reviewed list of everything a program can reach: tests/data/language.txt.

When the tables change, run `python -m tests.calculator.review` and read the difference in git before it is
committed: each new name is a door.
"""

from pathlib import Path

from app.calculator.reference import listing

REVIEWED = Path(__file__).parents[1] / "data" / "language.txt"


def text() -> str:
    """The list as it would be now: one name a line, under what it is reached through."""
    return "\n".join("\n".join([f"[{title}]", *names, ""]) for title, names in listing().items())


if __name__ == "__main__":
    REVIEWED.write_text(text(), encoding="utf-8")
