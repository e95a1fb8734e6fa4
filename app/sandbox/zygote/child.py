"""One program: lock, rehearse, say ready, take a job, answer, end. Runs in a process forked by the zygote."""

import os
from typing import NoReturn

from app.frames import Deframer, frame
from app.sandbox.features import Features
from app.sandbox.messages import MAX_OBSTACLE
from app.sandbox.zygote import locks
from app.sandbox.zygote.jobs import Jobs, perform

CHUNK = 64 * 1024


def serve(connection: int, parent: int, limits: locks.Limits, features: Features, jobs: Jobs) -> NoReturn:
    """Be one child, which answers on the descriptor `connection` and is gone.

    First it sends an empty frame, which says that it is ready, or one that says why it is not.
    """
    try:
        obstacle = _prepare(connection, parent, limits, features, jobs)
        write(connection, obstacle.encode())
        if not obstacle:
            write(connection, perform(jobs, read(connection)))
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
        jobs.rehearse()
    except Exception as error:  # no program has run yet, so that it tells about this machine
        return repr(error)[:MAX_OBSTACLE]
    return ""
