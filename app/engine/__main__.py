"""`python -m app.engine FD OPTIONS`: the engine process, started by `app.engine.client.local`.

FD: the number of the inherited, connected socket. OPTIONS: `EngineOptions` as JSON.
"""

import ctypes
import gc
import logging.config
import signal
import socket
import sys

import torch

from app import logs
from app.engine.commands import EngineOptions
from app.engine.worker.process import EngineProcess
from app.training import compiler
from app.training.device import NoDevice, device_of
from app.training.warmup import warm_up

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run the engine process until its client closes the connection."""
    if sys.platform == "linux":
        # A closed socket ends this process too, but only between two steps.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    torch.set_num_threads(1)
    compiler.leave_out()
    connection = socket.socket(fileno=int(sys.argv[1]))
    options = EngineOptions.model_validate_json(sys.argv[2])
    if options.log_format == "json":
        logging.config.dictConfig(logs.config("warning", "json"))
    try:
        warm_up(device_of(options.device))
    except NoDevice as error:
        sys.exit(str(error))
    gc.freeze()
    EngineProcess(connection, options).serve()


if __name__ == "__main__":
    main()
