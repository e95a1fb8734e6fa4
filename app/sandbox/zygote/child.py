"""A child of the zygote: it locks and warms itself, says that it is ready, does one job, and ends."""

import gc
import os
from typing import NoReturn

from app.frames import Deframer, frame
from app.sandbox.features import Features
from app.sandbox.messages import MAX_OBSTACLE
from app.sandbox.paper import Paper
from app.sandbox.zygote import locks
from app.sandbox.zygote.jobs import Jobs, perform
from app.sandbox.zygote.link import Link

CHUNK = 64 * 1024


def serve(  # noqa: PLR0917
    connection: int, sheet: int, parent: int, limits: locks.Limits, features: Features, jobs: Jobs
) -> NoReturn:
    """Do one job that comes on the descriptor `connection`, and end the process.

    sheet: the descriptor of the paper for what it prints. The first frame sent is empty, which says that the
    child is ready, or says why it is not.
    """
    try:
        paper = Paper(sheet)
        obstacle = _prepare(connection, parent, limits, features, jobs)
        write(connection, obstacle.encode())
        if not obstacle:
            jobs.print_on(paper)
            write(connection, perform(jobs, read(connection), Link(connection)))
    finally:
        os._exit(0)


def write(descriptor: int, body: bytes) -> None:
    """Send one frame, blocking."""
    unsent = memoryview(frame(body))
    while unsent:
        unsent = unsent[os.write(descriptor, unsent) :]


def read(descriptor: int) -> bytes:
    """Receive the one frame that the web process sends, blocking. Raises: EOFError: it has gone."""
    deframer = Deframer()
    while chunk := os.read(descriptor, CHUNK):
        for body, _ in deframer.feed(chunk):
            return body
    raise EOFError


def _prepare(connection: int, parent: int, limits: locks.Limits, features: Features, jobs: Jobs) -> str:
    try:
        locks.lock(connection, parent, limits, features)
        jobs.warm_child()
        gc.freeze()  # what is left of that is not looked through again while the job is done
    except Exception as error:  # No program has run yet, so the error is about this machine.
        return repr(error)[:MAX_OBSTACLE]
    return ""
