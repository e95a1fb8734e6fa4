"""Programs run once before the first user's, so that what torch imports and caches late is there."""

from contextlib import redirect_stdout
from io import StringIO

from app.calculator.derivation import derive
from app.calculator.program import library

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
print(optimizer)
"""


def warm_up() -> None:
    """Import what programs may import, run the lesson's and each optimizer. Raises RuntimeError if one fails."""
    library.load()
    trainings = [REGRESSION + TRAINING.format(optimizer=name) for name in OPTIMIZERS.split()]
    for program in (CHAIN, DERIVATIVES, *trainings):
        with redirect_stdout(StringIO()):
            exec(program, {"__name__": "__main__"})  # as nobody's program: torch may import what it likes
        run_to_end(program)


def run_to_end(program: str) -> None:
    """Run a program as often as it needs. Raises RuntimeError: it fails every time."""
    for left in reversed(range(TRIES)):
        error = derive(program).error
        if error is None:
            return
        if left == 0:
            raise RuntimeError(f"a warm-up program failed on line {error.line}: {error.message}")
