"""The modules that a program may import, all imported before: a locked process can open no file."""

import importlib
import io
import linecache
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np
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
    optparse pdb pydoc shelve sqlite3
    encodings.idna encodings.latin_1 encodings.ascii encodings.utf_8_sig encodings.utf_16 encodings.cp437
    encodings.cp1252 encodings.gbk encodings.gb18030
"""
NUMPY = """
    numpy numpy.fft numpy.linalg numpy.random numpy.polynomial numpy.polynomial.polynomial numpy.testing
    numpy.typing
"""
PLOTS = """
    matplotlib matplotlib.animation matplotlib.cm matplotlib.collections matplotlib.colors matplotlib.gridspec
    matplotlib.lines matplotlib.patches matplotlib.pyplot matplotlib.ticker matplotlib.backends.backend_agg
    matplotlib.backends.backend_svg contourpy mpl_toolkits.mplot3d mpl_toolkits.axes_grid1 pylab
    tqdm tqdm.auto tqdm.notebook PIL.Image PIL.ImageDraw PIL.ImageFilter PIL.ImageOps PIL.PngImagePlugin
"""
EXTRAS = "pandas sklearn sklearn.datasets sklearn.model_selection sklearn.preprocessing sklearn.metrics scipy"
"""Where somebody has installed them."""
BACKEND = "module://app.calculator.program.figures"
"""matplotlib's here."""


def load() -> None:
    """Import them all, once per process."""
    names = [f"torch.{name}" for name in TORCH.split()] + [*PYTHON.split(), *NUMPY.split()]
    for name in names:
        importlib.import_module(name)
    for name in (*PLOTS.split(), *EXTRAS.split()):
        with suppress(ImportError):
            importlib.import_module(name)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use(BACKEND)
        sys.modules["matplotlib.pyplot"].switch_backend(BACKEND)  # later it cannot be chosen
    openers: Any = np.lib._datasource._file_openers  # type: ignore[attr-defined]
    openers[None]  # makes it import the others
    openers._file_openers[None] = open_now
    keep_sources()
    torch._C._set_mkldnn_enabled(False)  # it writes code, which may not run here
    if "tqdm" in sys.modules:
        tqdm = sys.modules["tqdm"]
        tqdm.tqdm.monitor_interval = 0  # a thread
        vars(sys.modules["tqdm.notebook"]).update(tqdm=tqdm.tqdm, trange=tqdm.trange)  # no widgets here


def stand_ins() -> list[tuple[Any, str, Any]]:
    """What takes the place of functions that would need another machine: a compiler, a screen."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    screens = [] if pyplot is None else [("matplotlib", "use", stay), (pyplot, "switch_backend", stay)]
    return [(torch, "compile", uncompiled), *screens]


def uncompiled(model: Any = None, **_: Any) -> Any:
    """`torch.compile`, also with settings only: to be called with the function then."""
    if model is None:
        return uncompiled
    warnings.warn("torch.compile compiles nothing here", stacklevel=2)
    return model


def stay(*_: Any, **__: Any) -> None:
    """`matplotlib.use` and `plt.switch_backend`: figures are shown in the page whatever they name."""


def let_go() -> None:
    """Let go of what matplotlib has kept of its fonts: each forked process would begin with that, in 2 ms."""
    if fonts := sys.modules.get("matplotlib.font_manager"):
        fonts._get_font.cache_clear()


def open_now(*args: Any, **kwargs: Any) -> Any:
    """`io.open` as it is then, for NumPy's text files: a program has its own."""
    return io.open(*args, **kwargs)  # noqa: UP020


def keep_sources() -> None:
    """Keep the text of torch's layers, which `torch.jit.script` and `inspect` read."""
    for name, module in list(sys.modules.items()):
        if name.startswith("torch.nn.") and (path := getattr(module, "__file__", None)):
            lines = linecache.getlines(path)
            # Without a time: else it is looked for on disk, and forgotten.
            linecache.cache[path] = (sum(map(len, lines)), None, lines, path)


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
