"""The first losses of scripts, by plain Python and torch: what the runs that are made of them must have."""

from tests.calculator.oracle import PLAIN

N = 20
MARK = "a loss:"
PREAMBLE = f"""
import random, numpy, torch
random.seed(0); numpy.random.seed(0); torch.manual_seed(0)

class _Watch:
    losses, seeded = 0, False
    to = torch.Tensor.to
    backward, linear, seed = torch.Tensor.backward, torch.nn.Linear.__init__, torch.manual_seed

def _seed(*args):
    _Watch.seeded = True
    return _Watch.seed(*args)

def _linear(self, *args, **kwargs):
    if not _Watch.seeded:
        _seed(0)  # a script that sets no seed may draw any numbers: these are those of its run
    _Watch.linear(self, *args, **kwargs)

def _stay(self, *args):
    return self

def _backward(self, *args, **kwargs):
    if _Watch.losses == {N}:
        raise KeyboardInterrupt
    _Watch.losses += 1
    print("\\n{MARK}", self.item().hex())
    return _Watch.backward(self, *args, **kwargs)

def _to(self, *args, **kwargs):
    return _Watch.to(self, *("cpu" if arg == "cuda" else arg for arg in args), **kwargs)

torch.Tensor.cuda, torch.nn.Module.cuda, torch.Tensor.to = _stay, _stay, _to
torch.Tensor.backward, torch.nn.Linear.__init__, torch.manual_seed = _backward, _linear, _seed
"""
"""In front of each script."""


def losses_of(scripts: list[str]) -> list[list[float]]:
    """The first losses of each script, which fails nowhere before them."""
    found = []
    for script in scripts:
        result = PLAIN.run(PREAMBLE + script)
        error = result["error"]
        assert error is None or error["type"] == "KeyboardInterrupt", f"{script}\n{error}"
        marked = [line for line in result["printed"].splitlines() if line.startswith(MARK)]
        found.append([float.fromhex(line.removeprefix(MARK)) for line in marked])
    return found
