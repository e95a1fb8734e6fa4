"""Programs run once before the first user's, so that what torch imports and caches late is there."""

import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from app.calculator.derivation import derive
from app.calculator.program import library
from app.calculator.scripts.observe import observe
from app.calculator.scripts.tape import Tape

OPTIMIZERS = "SGD Adam AdamW RMSprop Adagrad Adadelta Adamax ASGD NAdam RAdam Rprop LBFGS"
CHAIN = """
import torch
from torch.autograd import Variable
tensor = torch.FloatTensor([2])
variable = Variable(tensor, requires_grad=True)
test = Variable(tensor)
v_1 = 3 * variable
v_2 = 4 * v_1
v_2.backward()
print("variable.grad: \\n", variable.grad)
"""
REGRESSION = """
import torch
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
y = x.pow(2) + 0.2 * torch.rand(x.size())
class Net(torch.nn.Module):
    def __init__(self, n_feature, n_hidden, n_output):
        super(Net, self).__init__()
        self.hidden = torch.nn.Linear(n_feature, n_hidden)
        self.predict = torch.nn.Linear(n_hidden, n_output)
    def forward(self, x):
        return self.predict(F.relu(self.hidden(x)))
net = Net(1, 10, 1)
print(net)
loss_func = torch.nn.MSELoss()
"""
DERIVATIVES = """
import torch
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vmap
x = torch.ones(2)
f = lambda t: (t ** 3).sum()
print(grad(f)(x), hessian(f)(x), jacfwd(f)(x), jacrev(f)(x), jvp(f, (x,), (x,)), vmap(torch.sin)(x))
print(torch.autograd.functional.hessian(f, x), torch.linalg.eigh(torch.eye(2)))
"""
PLOTS = """
import io
import numpy as np
import torch
import matplotlib.pyplot as plt
from mpl_toolkits.mplot3d import Axes3D
from torch.utils.data import DataLoader, TensorDataset
from tqdm import tqdm
for batch in tqdm(DataLoader(TensorDataset(torch.ones(4, 1)), batch_size=2, shuffle=True, num_workers=2)):
    pass
fig, (left, right) = plt.subplots(1, 2)
left.scatter(np.arange(3), np.arange(3), c=[1, 2, 3], cmap="viridis")
left.plot([0, 1], label="$x^2$")
left.legend()
right.imshow(np.eye(3))
fig.colorbar(right.images[0])
fig.suptitle("a")
fig.tight_layout()
plt.figure().add_subplot(projection="3d").plot_surface(*np.meshgrid([0, 1], [0, 1]), np.eye(2))
for kind in ("png", "svg", "pdf"):
    plt.savefig(io.BytesIO(), format=kind)
plt.show()
buffer = io.BytesIO()
torch.save({"a": torch.ones(1)}, buffer)
buffer.seek(0)
torch.load(buffer)
print(torch.nn.Conv2d(1, 1, 2)(torch.ones(1, 1, 3, 3)).sum(), torch.nn.LSTM(1, 1)(torch.ones(1, 1, 1))[0])
"""
TRIES = 5
"""What torch imports at its first use may take longer, on a busy machine, than a program may run."""
TRAINING = """
optimizer = torch.optim.{optimizer}(net.parameters(), lr=0.01)
def closure():
    optimizer.zero_grad()
    loss = loss_func(net(x), y)
    loss.backward()
    return loss
for t in range(2):
    optimizer.step(closure)
print(optimizer, net.hidden.bias)
"""


REPEATS = 30
"""CPython makes bytecode fast by running it often. All children begin with what was made fast here: their
first program takes a tenth to a fifth less for these 0.2 s."""


def warm_up() -> None:
    """Import what programs may use; run the lesson's and each optimizer. Raises RuntimeError: one fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library.load()
        trainings = [REGRESSION + TRAINING.format(optimizer=name) for name in OPTIMIZERS.split()]
        plots = [PLOTS] if "matplotlib" in sys.modules else []
        for program in (CHAIN, DERIVATIVES, *trainings, *plots):
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                exec(program, {"__name__": "__main__"})  # as nobody's program: torch may import what it likes
        # One training stands for all: watching each takes 2 s, and makes no later one faster.
        for program in (CHAIN, DERIVATIVES, trainings[0], *plots):
            run_to_end(program)
        for _ in range(REPEATS):
            derive(CHAIN)
        with redirect_stdout(StringIO()), Tape():
            exec(trainings[0], {"__name__": "__main__"})
        observe(trainings[0])
        library.let_go()


def run_to_end(program: str) -> None:
    """Run a program as often as it needs. Raises RuntimeError: it fails every time."""
    for left in reversed(range(TRIES)):
        error = derive(program).error
        if error is None:
            return
        if left == 0:
            raise RuntimeError(f"a warm-up program failed on line {error.line}: {error.message}")
