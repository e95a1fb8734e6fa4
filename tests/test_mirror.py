"""Test files mirror modules: a test file with the name of a module lies where the module does.

`tests/training/test_run.py` is about `app/training/run.py`, `tests/js/run/state.test.js` about
`static/js/run/state.js`. What several modules do together has a file with a name of its own.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
BY_SUBJECT = ("data", "docs", "pages")
"""Folders whose files are named for what a reader or a visitor meets: all modules have a part in that."""
SAME_NAME = {
    "engine/test_comparisons.py": "runs in step, on both sides of the engine",
    "engine/worker/test_memory.py": "what deleted runs leave behind in the process",
    "sandbox/test_formulas.py": "formulas in the locked child",
    "test_mirror.py": "this file, not the engine's mirror",
    "training/test_experiments.py": "the page's ready settings, trained",
    "training/test_points.py": "points that change while a run trains",
    "web/admin/test_admin.py": "the admin's page and its REST calls",
    "web/comparisons/test_comparisons.py": "comparisons over REST and sockets",
    "web/lessons/test_lessons.py": "lessons over REST",
    "web/pages/test_pages.py": "the pages as a browser asks for them",
    "web/programs/test_gradients.py": "programs over REST",
    "web/runs/test_lines.py": "single lines over REST and sockets",
    "web/runs/test_runs.py": "runs over REST",
}
"""Files that have a module's name in another place, and what they are about instead."""


def modules() -> set[Path]:
    """All modules and packages of the product, its tools and its pages, without their suffix."""
    python = [path for folder in ("app", "tools") for path in (ROOT / folder).rglob("*.py")]
    scripts = (ROOT / "static" / "js").rglob("*.js")
    found = {path.relative_to(ROOT).with_suffix("") for path in (*python, *scripts)}
    return found | {path.parent for path in found}


def subject(path: Path) -> Path:
    """The module that a test file has the name of, if it is one."""
    folder = path.parent.relative_to(TESTS)
    if path.name.endswith(".test.js"):
        return Path("static") / folder / path.name.removesuffix(".test.js")
    home = Path() if folder.parts[:1] == ("tools",) else Path("app")
    return home / folder / path.stem.removeprefix("test_")


def is_misplaced(path: Path, known: set[Path]) -> bool:
    """Whether a test file has a module's name, but not its place."""
    wanted = subject(path)
    return wanted not in known and any(
        wanted.name == module.name and wanted.parts[0] == module.parts[0] for module in known
    )


def test_a_test_file_with_a_modules_name_lies_where_the_module_does() -> None:
    known = modules()
    files = [*TESTS.rglob("test_*.py"), *TESTS.rglob("*.test.js")]
    misplaced = {
        str(path.relative_to(TESTS))
        for path in files
        if path.relative_to(TESTS).parts[0] not in BY_SUBJECT and is_misplaced(path, known)
    }
    assert sorted(misplaced - set(SAME_NAME)) == []


def test_a_file_in_the_wrong_place_is_seen() -> None:
    known = modules()
    placed = "training/test_run.py", "calculator/test_remedies.py", "js/run/state.test.js", "web/test_fuzz.py"
    misplaced = "engine/test_run.py", "web/test_remedies.py", "js/page/state.test.js"
    assert [is_misplaced(TESTS / path, known) for path in placed + misplaced] == [False] * 4 + [True] * 3
