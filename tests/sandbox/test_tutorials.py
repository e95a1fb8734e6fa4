"""What tutorials ask of the machine besides computing: a locked process does it too, or does without."""

import pytest

from app.sandbox.client.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="package")

PROGRAMS = {
    "tables of numbers in files": (
        "import numpy as np\nnp.savetxt('a.csv', np.eye(2), delimiter=',')\n"
        "print(np.loadtxt('a.csv', delimiter=',').sum())\nnp.savez('b.npz', x=np.ones(2))\n"
        "print(np.load('b.npz')['x'])",
        "2.0\n[1. 1.]\n",
    ),
    "text of another encoding": (
        "open('a', 'w', encoding='gbk').write('导数')\nprint(open('a', encoding='gbk').read())",
        "导数\n",
    ),
    "a checkpoint in a temporary folder": (
        "import os, tempfile, torch\nwith tempfile.TemporaryDirectory() as folder:\n"
        "    torch.save(torch.ones(1), os.path.join(folder, 'best.pt'))\n"
        "    print(torch.load(os.path.join(folder, 'best.pt')))\nprint(os.path.exists(folder))",
        "tensor([1.])\nFalse\n",
    ),
    "a scripted layer": (
        "import torch\nprint(torch.jit.script(torch.nn.ReLU())(torch.tensor([-1., 2.])))",
        "tensor([0., 2.])\n",
    ),
    "a compiled function": (
        "import torch\n@torch.compile(mode='default')\ndef f(x):\n    return x.sin() + 1\n"
        "print(f(torch.zeros(1)))",
        "tensor([1.])\n",
    ),
    "help": (
        "def f(x):\n    'Twice x.'\nhelp(f)",
        "Help on function f in module __main__:\n\nf(x)\n    Twice x.\n\n",
    ),
    "a screen of its own": (
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\n"
        "plt.switch_backend('agg')\nplt.plot([1, 2])\nplt.show()\nprint(plt.get_backend()[:6])",
        "module\n",
    ),
    "a notebook's progress bar": (
        "from tqdm.notebook import tqdm, trange\nprint([i for i in tqdm(range(2))], list(trange(1)))",
        "[0, 1] [0]\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_locked_process_does_it(product: Sandbox, name: str) -> None:
    program, printed = PROGRAMS[name]
    derivation = await product.derive(program)
    assert derivation.error is None
    assert derivation.printed == printed


async def test_what_is_not_compiled_is_told(product: Sandbox) -> None:
    derivation = await product.derive("import torch\n\ntorch.compile(torch.sin)")
    assert [(warning.topic, warning.line) for warning in derivation.warnings] == [("compiles_nothing", 3)]
