"""One program: lock, rehearse, say ready, take a job, answer, end. Runs in a process forked by the zygote."""

import os
from typing import NoReturn

from app.sandbox import frames, locks
from app.sandbox.features import Features
from app.sandbox.jobs import Jobs, perform


def serve(connection: int, parent: int, limits: locks.Limits, features: Features, jobs: Jobs) -> NoReturn:
    """Be one child. `connection`: the descriptor it answers on. Whatever fails ends the process, silently."""
    try:
        locks.lock(connection, parent, limits, features)
        jobs.rehearse()
        frames.write(connection, b"")
        frames.write(connection, perform(jobs, frames.read(connection)))
    finally:
        os._exit(0)
