"""One program: lock, rehearse, say ready, take a job, answer, end. Runs in a process forked by the zygote."""

import os
from typing import NoReturn

from app.sandbox import frames, locks
from app.sandbox.features import Features
from app.sandbox.jobs import Jobs, perform


def serve(connection: int, parent: int, limits: locks.Limits, features: Features, jobs: Jobs) -> NoReturn:
    """Be one child, which answers on the descriptor `connection` and is gone.

    First it sends an empty frame, which says that it is ready, or one that says why it is not.
    """
    try:
        obstacle = _prepare(connection, parent, limits, features, jobs)
        frames.write(connection, obstacle.encode())
        if not obstacle:
            frames.write(connection, perform(jobs, frames.read(connection)))
    finally:
        os._exit(0)


def _prepare(connection: int, parent: int, limits: locks.Limits, features: Features, jobs: Jobs) -> str:
    try:
        locks.lock(connection, parent, limits, features)
        jobs.rehearse()
    except Exception as error:  # no program has run yet, so that it tells about this machine
        return repr(error)[: frames.MOST_OBSTACLE]
    return ""
