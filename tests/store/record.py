"""`python -m tests.store.record`: writes down what a server of this version stores, before its tables change.

tests/data/store has, for every version of the tables, the SQL of a file, and what its server answered of it.
"""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from app.settings import Settings
from app.store.versions import NEWEST
from tests.web.in_process import client_of, served

FOLDER = Path(__file__).parents[1] / "data" / "store"
CONFIG = {"model": {"hidden": [3]}, "data": {"n_samples": 12}, "max_steps": 2000}


async def post(client: httpx.AsyncClient, path: str, body: Any, token: str = "") -> Any:
    answer = await client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
    return answer.raise_for_status().json()


async def make(client: httpx.AsyncClient) -> dict[str, Any]:
    """A run with changes and a comparison. What is to be found of both later."""
    run = await post(client, "/api/runs", CONFIG)
    path, token = f"/api/runs/{run['id']}", run["owner_token"]
    await post(client, f"{path}/steps", {"count": 20}, token)
    await post(client, f"{path}/parameters", {"name": "predict.bias", "index": [0], "value": 0.25}, token)
    await post(client, f"{path}/steps", {"count": 5}, token)
    compared = {"config": CONFIG, "vary": [{}, {"loop": {"zero_grad": False}}]}
    comparison = await post(client, "/api/comparisons", compared)
    members = [f"/api/runs/{member['id']}" for member in comparison["runs"]]
    await post(client, f"{members[0]}/steps", {"count": 7}, comparison["owner_token"])
    paths = [path, *members]
    losses = {path: (await client.get(f"{path}/losses")).json()["losses"] for path in paths}
    return {
        "run": path,
        "token": token,
        "comparison": f"/api/comparisons/{comparison['id']}",
        "losses": losses,
    }


async def record(folder: Path) -> None:
    """Write both files."""
    with TemporaryDirectory() as place:
        path = Path(place) / "playground.db"
        async with served(Settings(database_url=f"sqlite:///{path}")) as app, client_of(app) as client:
            client.cookies.set("session", "s" * 22)
            found = await make(client)
        with closing(sqlite3.connect(path)) as file:
            (folder / f"{NEWEST}.sql").write_text("\n".join(file.iterdump()) + "\n", encoding="utf-8")
    (folder / f"{NEWEST}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(record(FOLDER))
