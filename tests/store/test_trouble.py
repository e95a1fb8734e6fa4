"""Trouble with the disk under the real server: it is told, runs go on, and nothing is overwritten."""

import resource
from pathlib import Path

import psutil

from app.settings import Settings
from tests.store.test_restart import Again, everything, kill
from tests.web.in_process import in_thread
from tests.web.owner import Run
from tests.web.sockets import following


async def test_with_no_room_left_runs_go_on_and_are_stored_once_there_is(tmp_path: Path) -> None:
    again = Again(tmp_path)
    with again.life() as server, server.client() as client:
        run, web = Run(client), psutil.Process(server.process.pid)
        run.step(3)
        no_room = (tmp_path / "data" / "playground.db-wal").stat().st_size
        async with following(server, run) as page, following(server, run, language="zh") as other:
            await page.hear_until("started")
            await other.hear_until("started")
            web.rlimit(psutil.RLIMIT_FSIZE, (no_room, resource.RLIM_INFINITY))
            run.patch({"optimizer": {"lr": 0.05}})
            assert run.step(4)["step"] == 7
            told = (await page.hear_until("stored"))[-1]["trouble"]
            assert (
                told
                == "The server cannot write to its disk. Runs train on, but a restart would lose changes."
            )
            assert "服务器无法写入磁盘" in (await other.hear_until("stored"))[-1]["trouble"]
            assert client.get("/healthz").json()["store"] == "read_only"
            assert told in server.log.read_text()
            web.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            assert (await page.hear_until("stored"))[-1]["trouble"] is None
            assert client.get("/healthz").json()["store"] is None
        before = run.state()
        kill(everything(server))
    with in_thread(Settings(data_dir=tmp_path / "data")) as next_one, next_one.client() as client:
        assert client.get(run.path).json() == before
        assert before["config"]["optimizer"]["lr"] == 0.05
