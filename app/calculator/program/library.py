"""The modules that a program may import, all imported before: a locked process can open no file."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import torch

TORCH = """
    amp autograd autograd.functional autograd.forward_ad autograd.grad_mode autograd.gradcheck
    autograd.graph autograd.profiler distributions fft func linalg nn nn.functional nn.init
    nn.modules nn.parameter nn.utils nn.utils.clip_grad nn.utils.parametrizations nn.utils.parametrize
    nn.utils.prune nn.utils.rnn nn.utils.stateless optim optim.lr_scheduler optim.swa_utils overrides
    profiler random serialization sparse special testing utils.checkpoint utils.data
    utils.benchmark utils.data.dataloader utils.data.dataset utils.data.sampler
"""
PYTHON = """
    __future__ abc argparse array ast base64 binascii bisect builtins calendar cmath codecs collections
    collections.abc colorsys concurrent.futures contextlib contextvars copy copyreg csv ctypes
    dataclasses datetime decimal difflib dis email.message enum errno fractions functools gc getpass
    glob gzip hashlib heapq html importlib importlib.metadata inspect io itertools json keyword
    linecache locale logging math mmap multiprocessing multiprocessing.pool multiprocessing.queues
    multiprocessing.synchronize numbers operator os os.path pathlib pickle
    pkgutil platform pprint queue random re reprlib resource secrets select shutil signal site socket
    statistics string struct subprocess sys sysconfig tempfile textwrap threading time timeit token
    tokenize traceback tracemalloc types typing unicodedata unittest urllib.error urllib.parse
    urllib.request uuid warnings weakref xml.etree.ElementTree zipfile zlib zoneinfo _strptime
    encodings.idna encodings.latin_1 encodings.ascii encodings.utf_8_sig
"""
NUMPY = """
    numpy numpy.fft numpy.linalg numpy.random numpy.polynomial numpy.polynomial.polynomial numpy.testing
    numpy.typing
"""
PLOTS = """
    matplotlib matplotlib.animation matplotlib.cm matplotlib.collections matplotlib.colors matplotlib.gridspec
    matplotlib.lines matplotlib.patches matplotlib.pyplot matplotlib.ticker matplotlib.backends.backend_agg
    matplotlib.backends.backend_svg contourpy mpl_toolkits.mplot3d tqdm tqdm.auto PIL.Image PIL.PngImagePlugin
"""
EXTRAS = "pandas sklearn sklearn.datasets sklearn.model_selection sklearn.preprocessing sklearn.metrics scipy"
"""Where somebody has installed them."""


def load() -> None:
    """Import them all, once per process."""
    names = [f"torch.{name}" for name in TORCH.split()] + [*PYTHON.split(), *NUMPY.split()]
    for name in names:
        importlib.import_module(name)
    for name in (*PLOTS.split(), *EXTRAS.split()):
        with suppress(ImportError):
            importlib.import_module(name)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use("module://app.calculator.program.figures")
    torch._C._set_mkldnn_enabled(False)  # it writes code, which may not run here
    if "tqdm" in sys.modules:
        sys.modules["tqdm"].tqdm.monitor_interval = 0  # a thread


def let_go() -> None:
    """Let go of what matplotlib has kept of its fonts: each forked process would begin with that, in 2 ms."""
    if fonts := sys.modules.get("matplotlib.font_manager"):
        fonts._get_font.cache_clear()


class Finder:
    """Answers for every module that was not imported before: it is not here."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> NoReturn:
        """Python's first question about a module."""
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@contextmanager
def nothing_else(main: ModuleType) -> Iterator[None]:
    """A program can import what is here. main: the module that it is itself."""
    finder, before = Finder(), sys.modules.get("__main__")
    sys.meta_path.insert(0, finder)
    sys.modules["__main__"] = main
    try:
        yield
    finally:
        with suppress(ValueError):  # the program has taken it out
            sys.meta_path.remove(finder)
        if before is not None:
            sys.modules["__main__"] = before


def fonts() -> dict[str, bytes]:
    """Matplotlib's own fonts, which it opens when it draws."""
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        return {}
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    found = {path: path.read_bytes() for path in folder.glob("*.ttf")}
    # It knows them by one name or the other where a folder is a link.
    return {str(name): content for path, content in found.items() for name in (path, path.resolve())}
