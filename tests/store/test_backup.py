"""Copies of what is stored, by the command line, while a server runs and after it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.__main__ import main
from app.settings import Settings
from app.store.backup import Unable, back_up, restore
from app.store.database import open_database
from app.store.place import Place
from tests.server import PATIENCE
from tests.store.test_database import new
from tests.web.in_process import in_thread
from tests.web.owner import Run


def playground(data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`python -m app` with a command."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env={**os.environ, "PLAYGROUND_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_copy_made_of_a_running_server_brings_its_runs_back(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    settings = Settings(data_dir=data, rate_limit=0)
    with in_thread(settings) as server, server.client() as client:
        run = Run(client)
        before = run.step(30)
        assert playground(data, "backup", str(copy)).returncode == 0
        with pytest.raises(Unable, match="exists already"):
            back_up(settings, copy)
        with pytest.raises(Unable, match="Stop it first"):
            restore(settings, copy)
        run.step(10)
    restored = playground(data, "restore", str(copy))
    assert restored.returncode == 0, restored.stderr
    assert "playground.db.replaced-1" in restored.stdout
    assert (data / "playground.db.replaced-1").exists()
    with in_thread(settings) as server, server.client() as client:
        run.client = client
        assert client.get(f"{run.path}/snapshots/30").json() == before
        assert run.state()["step"] == 30
        assert run.step(1)["step"] == 31


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path / "data")
    with closing(open_database(Place.of(settings))) as database:
        database.write([new("a")])
    return settings


def test_what_is_no_copy_of_ours_replaces_nothing(settings: Settings, tmp_path: Path) -> None:
    before = (settings.data_dir / "playground.db").read_bytes()
    text, other, newer, cut = (tmp_path / name for name in ("text", "other", "newer", "cut"))
    text.write_text("not a database " * 1000)
    with closing(sqlite3.connect(other)) as file:
        file.execute("CREATE TABLE runs (id)")
    back_up(settings, newer)
    with sqlite3.connect(newer) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    file.close()
    back_up(settings, cut)
    cut.write_bytes(cut.read_bytes()[:-8192])
    for path, words in (
        (text, "is no copy"),
        (other, "is no copy"),
        (newer, "newer version"),
        (cut, "is damaged|is no copy"),
    ):
        with pytest.raises(Unable, match=words):
            restore(settings, path)
    with pytest.raises(Unable, match="no file"):
        restore(settings, tmp_path / "nowhere")
    assert (settings.data_dir / "playground.db").read_bytes() == before
    assert sorted(path.name for path in settings.data_dir.iterdir()) == ["lock", "playground.db"]


def test_a_copy_can_be_put_where_nothing_is(settings: Settings, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "copy.db")
    elsewhere = Settings(data_dir=tmp_path / "elsewhere")
    assert restore(elsewhere, tmp_path / "copy.db") is None
    with closing(open_database(Place.of(elsewhere))) as database:
        assert database.load("a")


def test_a_database_of_postgresql_has_tools_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(Unable, match="pg_dump"):
        back_up(Settings(database_url="postgresql://localhost/x"), tmp_path / "copy.db")


def test_what_nobody_understands_is_told_how_it_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["app", "bakcup"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert "usage: python -m app [backup FILE | restore FILE" in str(ended.value.code)
