"""Plain Python and torch, running programs by `exec`: what `derive` is compared with. Run as a process.

Each line of standard input is a program as a JSON string; each line of output is what it did. Every program
runs in a forked child of its own, so that it starts in a fresh interpreter.
"""

import builtins
import contextlib
import importlib
import io
import json
import os
import re
import sys
import tempfile
import traceback
import warnings
from typing import Any

import torch

TRIGGERED = re.compile(r"\s*\(Triggered internally at [^)]*\)")
HIDDEN = (DeprecationWarning, PendingDeprecationWarning, SyntaxWarning)
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def gradient(tensor: torch.Tensor) -> str | None:
    """What `.grad` shows, without the warning for a non-leaf."""
    if not (tensor.is_leaf or tensor.retains_grad) or tensor.grad is None:
        return None
    return str(tensor.grad)


def run(program: str) -> dict[str, Any]:
    """What one program did."""
    os.chdir(tempfile.mkdtemp())
    torch.set_num_threads(1)
    # It writes machine code, which a locked process may not run.
    torch.backends.mkldnn.set_flags(False)  # type: ignore[no-untyped-call]
    torch.set_warn_always(True)
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    printed = io.StringIO()
    error = None
    shown: list[tuple[Warning | str, type[Warning]]] = []
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, kind, *_: shown.append((message, kind))
        try:
            exec(compile(program, "<program>", "exec", dont_inherit=True), names)
        except BaseException as failure:
            if isinstance(failure, SystemExit) and failure.code in (None, 0):
                raise
            error = {"type": type(failure).__name__, "message": str(failure), **place(failure)}
            if isinstance(failure, SyntaxError) and failure.filename == "<program>":
                error |= {"message": failure.msg, "line": failure.lineno, "column": failure.offset or None}
    tensors = {
        name: [ADDRESS.sub(" at 0x...", str(value)), gradient(value), value.requires_grad, value.is_leaf]
        for name, value in names.items()
        if isinstance(value, torch.Tensor)
    }
    return {
        "printed": ADDRESS.sub(" at 0x...", printed.getvalue()),
        "error": error,
        "tensors": tensors,
        "warnings": sorted(
            {TRIGGERED.sub("", str(message)) for message, kind in shown if not issubclass(kind, HIDDEN)}
        ),
    }


def place(failure: BaseException) -> dict[str, int | None]:
    """The program's innermost line and column in the traceback, both from 1."""
    frames = traceback.extract_tb(failure.__traceback__)
    places = [(frame.lineno, frame.colno) for frame in frames if frame.filename == "<program>"]
    line, column = places[-1] if places else (None, None)
    return {"line": line, "column": column + 1 if column is not None else None}


def in_child(program: str) -> dict[str, Any]:
    """The same in a forked child."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        with os.fdopen(write_end, "w") as pipe:
            json.dump(run(program), pipe)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    result: dict[str, Any] = json.loads(text) if text else {"died": True}
    return result


if __name__ == "__main__":
    torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)  # imports for a second, once
    with contextlib.suppress(ImportError):  # and so does each program that draws
        importlib.import_module("matplotlib.pyplot")
    for line in sys.stdin:
        print(json.dumps(in_child(json.loads(line))), flush=True)
