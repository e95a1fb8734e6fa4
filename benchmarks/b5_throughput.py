"""B5: how many of the lesson's programs per second eight browsers get answered, all of them asking at once.

Every program its own, so that each takes a process; then one program for all, as in a class, which the cache
answers. Beside them one process that does nothing but run the program, without a sandbox or an explanation.
"""

import statistics
import threading
import time
from collections.abc import Callable
from functools import partial

from benchmarks.b4_gradients import PROGRAM, in_plain_torch
from benchmarks.figure import Figure
from benchmarks.kernel import Kernel, kernel
from benchmarks.server import Client, server

CLIENTS = 8
ROUNDS = 3
SECONDS = 5.0
"""How long each round asks."""


def measure() -> list[Figure]:
    """Answers per second, and the peers' programs per second in the same rounds."""
    own: list[float] = []
    same: list[float] = []
    plain: list[float] = []
    notebook: list[float] = []
    with server(PLAYGROUND_RATE_LIMIT="0") as client, kernel() as peer:
        client.wait_until_ready()
        for number in range(ROUNDS):
            own.append(answered(client.address, partial(own_program, number)))
            same.append(answered(client.address, lambda who, k: PROGRAM))
            plain.append(1000 / statistics.median(in_plain_torch()))
            if peer is not None:
                notebook.append(executed(peer))
    rows = [("exec in a warm process", plain), *([("ipykernel", notebook)] if notebook else [])]
    return [
        figure(what, ours, name, theirs, must=must, aim=aim)
        for what, ours, must, aim in (
            ("every program its own", own, 30.0, 100.0),
            ("identical programs", same, 500.0, 500.0),
        )
        for name, theirs in rows
    ]


def own_program(number: int, who: str, k: int) -> str:
    """The lesson with a comment that nobody else's has, so that no cache can answer."""
    return f"{PROGRAM}# {number} {who} {k}\n"


def answered(address: str, program: Callable[[str, int], str]) -> float:
    """Answers per second to CLIENTS browsers. program: from who asks and for the how-manieth time."""
    counts = [0] * CLIENTS
    failures: list[str] = []
    end = time.perf_counter() + SECONDS

    def ask(who: int) -> None:
        browser = Client(f"http://{address}", session=f"{who:022}")
        while time.perf_counter() < end and not failures:
            answer = browser.post("/api/gradients", {"program": program(str(who), counts[who])})
            if "tensor([12.])" not in answer["printed"]:
                failures.append(str(answer["error"]))
            counts[who] += 1
        browser.close()

    threads = [threading.Thread(target=ask, args=(who,)) for who in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"not the lesson's answer: {failures[0]}")
    return sum(counts) / (time.perf_counter() - start)


def executed(peer: Kernel) -> float:
    """Programs per second of a kernel that is asked one after the other, which is all it can."""
    end, count = time.perf_counter() + SECONDS, 0
    start = time.perf_counter()
    while time.perf_counter() < end:
        peer.milliseconds(PROGRAM)
        count += 1
    return count / (time.perf_counter() - start)


def figure(
    what: str, ours: list[float], peer_is: str, theirs: list[float], *, must: float, aim: float
) -> Figure:
    """One rate beside one peer's: the medians over the rounds."""
    return Figure(
        budget="B5",
        what=f"{CLIENTS} clients, {what}",
        unit="/s",
        ours=statistics.median(ours),
        peer=statistics.median(theirs),
        peer_is=peer_is,
        better="higher",
        must=must,
        aim=aim,
    )
