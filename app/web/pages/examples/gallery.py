"""The gallery: from one multiplication to a training loop written by hand."""

from collections.abc import Mapping

from app.errors import N_
from app.web.pages.examples.example import Example

GALLERY: Mapping[str, Example] = {
    "chain": Example(
        N_("A chain: 4 × 3 = 12"),
        N_("backward() multiplies the slopes on its way back, and fills .grad of the leaf."),
        """\
import torch
from torch.autograd import Variable

tensor = torch.FloatTensor([2])
variable = Variable(tensor, requires_grad=True)
test = Variable(tensor)

v_1 = 3 * variable
v_2 = 4 * v_1
v_2.backward()

print("variable.grad:", variable.grad)
print("test.grad:", test.grad)
""",
    ),
    "accumulation": Example(
        N_("Gradients add up: 12, 24, 36"),
        N_("Each backward() pours into the same pot, until someone empties it."),
        """\
import torch

variable = torch.tensor([2.], requires_grad=True)

for round in range(3):
    v_1 = 3 * variable
    v_2 = 4 * v_1
    v_2.backward()
    print(variable.grad)

variable.grad.zero_()
print(variable.grad)
""",
    ),
    "square": Example(
        N_("A square, and a product with a copy"),
        N_("x * x has two ways back to x. A detached copy cuts one of them, and half the gradient is gone."),
        """\
import torch

x = torch.tensor(3., requires_grad=True)
z = x * x
z.backward()
print(x.grad)
""",
        """\
import torch

x = torch.tensor(3., requires_grad=True)
copy = x.detach()
z = x * copy
z.backward()
print(x.grad)
""",
    ),
    "weights": Example(
        N_("Several outputs need weights"),
        N_("backward(gradient=...) differentiates L = sum(z * gradient): each output counts by its weight."),
        """\
import torch

x = torch.tensor([1., 2., 3.], requires_grad=True)
z = torch.stack([x[0] * x[1], x[1] * x[2]])
z.backward(gradient=torch.tensor([1., 1.]))
print(x.grad)
""",
    ),
    "doubling": Example(
        N_("gradient=[2] doubles"),
        N_("backward() begins with 1 when it is given nothing. Begin with 2, and all gradients double."),
        """\
import torch

variable = torch.tensor([2.], requires_grad=True)
v_1 = 3 * variable
v_2 = 4 * v_1
v_2.backward(gradient=torch.tensor([2.]))
print(variable.grad)
""",
    ),
    "paths": Example(
        N_("Two ways back add up"),
        N_("Where a tensor is used twice, its gradient is the sum over both ways."),
        """\
import torch

x = torch.tensor(2., requires_grad=True)
a = x * 3
b = x ** 2
y = a * b
y.backward()
print(x.grad)
""",
    ),
    "broadcast": Example(
        N_("The missing unsqueeze"),
        N_("[3, 1] against [3] is silently spread to [3, 3]: every prediction meets every target."),
        """\
import torch

x = torch.unsqueeze(torch.linspace(-1, 1, 3), dim=1)
y = torch.linspace(-1, 1, 3) ** 2
w = torch.tensor([[1.]], requires_grad=True)

prediction = x @ w
difference = prediction - y
print(prediction.shape, y.shape, difference.shape)
loss = (difference ** 2).mean()
loss.backward()
print(w.grad)
""",
    ),
    "second": Example(
        N_("The gradient of a gradient"),
        N_("create_graph=True makes the way back itself a graph, and it can be differentiated again."),
        """\
import torch

x = torch.tensor(2., requires_grad=True)
y = x ** 3
(first,) = torch.autograd.grad(y, x, create_graph=True)
(second,) = torch.autograd.grad(first, x)
print(first, second)
""",
    ),
    "hook": Example(
        N_("A hook looks at what passes"),
        N_("Hooks see the gradient of a non-leaf on its way, and retain_grad() keeps it."),
        """\
import torch

x = torch.tensor([1., -2.], requires_grad=True)
hidden = x * 3
hidden.retain_grad()
hidden.register_hook(lambda grad: print("passing:", grad))
out = torch.relu(hidden).sum()
out.backward()
print(hidden.grad, x.grad)
""",
    ),
    "descent": Example(
        N_("Walking downhill by hand"),
        N_("Five steps of gradient descent: the leaf is changed under no_grad(), and its pot emptied."),
        """\
import torch

x = torch.tensor(3., requires_grad=True)
lr = 0.1

for step in range(5):
    loss = (x - 1) ** 2
    loss.backward()
    with torch.no_grad():
        x -= lr * x.grad
    x.grad.zero_()
    print(step, x.item(), loss.item())
""",
    ),
    "loop": Example(
        N_("A training loop"),
        N_("Forward, loss, zero_grad, backward, step: a line fitted to five points."),
        """\
import torch

x = torch.unsqueeze(torch.linspace(-1, 1, 5), dim=1)
y = 2 * x + 1
w = torch.zeros(1, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.2)
loss_func = torch.nn.MSELoss()

for t in range(20):
    prediction = x @ w + b
    loss = loss_func(prediction, y)

    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

print(w.item(), b.item(), loss.item())
""",
    ),
    "net": Example(
        N_("class Net"),
        N_("The lesson's network with one hidden layer, and one step of its training."),
        """\
import torch
import torch.nn.functional as F


class Net(torch.nn.Module):
    def __init__(self, n_feature, n_hidden, n_output):
        super(Net, self).__init__()
        self.hidden = torch.nn.Linear(n_feature, n_hidden)
        self.predict = torch.nn.Linear(n_hidden, n_output)

    def forward(self, x):
        hidden_out = F.relu(self.hidden(x))
        result = self.predict(hidden_out)
        return result


torch.manual_seed(1)
x = torch.unsqueeze(torch.linspace(-1, 1, 4), dim=1)
y = x.pow(2)
net = Net(n_feature=1, n_hidden=3, n_output=1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()

prediction = net(x)
loss = loss_func(prediction, y)

optimizer.zero_grad()
loss.backward()
optimizer.step()
print(loss)
""",
    ),
}
