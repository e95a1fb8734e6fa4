"""The error clinic: programs with the confusions that every beginner meets."""

from collections.abc import Mapping

from app.errors import N_
from app.web.pages.examples.example import Case

CLINIC: Mapping[str, Case] = {
    "non-scalar": Case(
        N_("backward() of several numbers"),
        "backward_non_scalar",
        "grad can be implicitly created only for scalar outputs",
        """\
import torch

x = torch.tensor([1., 2., 3.], requires_grad=True)
y = 2 * x
y.backward()
print(x.grad)
""",
    ),
    "gradient-shape": Case(
        N_("Weights of another shape"),
        "gradient_shape",
        "Mismatch in shape: grad_output[0] has a shape of torch.Size([2]) and output[0] has a shape of"
        " torch.Size([3]).",
        """\
import torch

x = torch.tensor([1., 2., 3.], requires_grad=True)
y = 2 * x
y.backward(gradient=torch.tensor([1., 1.]))
print(x.grad)
""",
    ),
    "twice": Case(
        N_("backward() a second time"),
        "backward_twice",
        "Trying to backward through the graph a second time (or directly access saved tensors after they have"
        " already been freed). Saved intermediate values of the graph are freed when you call .backward() or"
        " autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time"
        " or if you need to access saved tensors after calling backward.",
        """\
import torch

x = torch.tensor(3., requires_grad=True)
y = x * x
y.backward()
y.backward()
print(x.grad)
""",
    ),
    "untracked": Case(
        N_("Nothing requires a gradient"),
        "nothing_requires_grad",
        "element 0 of tensors does not require grad and does not have a grad_fn",
        """\
import torch

x = torch.tensor([1., 2.])
y = (x * x).sum()
y.backward()
print(x.grad)
""",
    ),
    "detached": Case(
        N_("detach() cut the connection"),
        "nothing_requires_grad",
        "element 0 of tensors does not require grad and does not have a grad_fn",
        """\
import torch

x = torch.tensor([1., 2.], requires_grad=True)
y = 3 * x
loss = y.detach().sum()
loss.backward()
print(x.grad)
""",
    ),
    "integer": Case(
        N_("A leaf of whole numbers"),
        "integer_leaf",
        "Only Tensors of floating point and complex dtype can require gradients",
        """\
import torch

x = torch.tensor([1, 2], requires_grad=True)
y = (x * x).sum()
y.backward()
print(x.grad)
""",
    ),
    "inplace-leaf": Case(
        N_("Changing a leaf in place"),
        "inplace_on_leaf",
        "a leaf Variable that requires grad is being used in an in-place operation.",
        """\
import torch

w = torch.tensor([1., 2.], requires_grad=True)
loss = (w * w).sum()
loss.backward()
w -= 0.1 * w.grad
print(w)
""",
    ),
    "inplace-saved": Case(
        N_("Changing a value that is still needed"),
        "inplace_on_saved",
        "one of the variables needed for gradient computation has been modified by an inplace operation:"
        " [torch.FloatTensor [2]], which is output 0 of Exp, is at version 1; expected version 0"
        " instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient,"
        " with torch.autograd.set_detect_anomaly(True, check_nan=False).",
        """\
import torch

x = torch.tensor([1., 2.], requires_grad=True)
y = x.exp()
y += 1
y.sum().backward()
print(x.grad)
""",
    ),
    "non-leaf": Case(
        N_(".grad of a result is None"),
        "grad_of_non_leaf",
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute"
        " won't be populated during autograd.backward(). If you indeed want the .grad field to be populated"
        " for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor"
        " by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531"
        " for more information.",
        """\
import torch

x = torch.tensor([1., 2.], requires_grad=True)
y = 3 * x
loss = y.sum()
loss.backward()
print(y.grad)
""",
    ),
    "update": Case(
        N_("x = x - lr * x.grad is no longer a leaf"),
        "update_makes_non_leaf",
        "unsupported operand type(s) for *: 'float' and 'NoneType'",
        """\
import torch

x = torch.tensor(3., requires_grad=True)
lr = 0.1

for step in range(2):
    loss = x * x
    loss.backward()
    x = x - lr * x.grad
    print(x)
""",
        {"name": "x"},
    ),
    "numpy": Case(
        N_(".numpy() on a tracked tensor"),
        "numpy_on_tracked",
        "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
        """\
import torch

x = torch.tensor([1., 2.], requires_grad=True)
y = 2 * x
print(y.numpy())
""",
    ),
    "matmul": Case(
        N_("Matrices that do not fit"),
        "matmul_shapes",
        "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)",
        """\
import torch

a = torch.ones(2, 3, requires_grad=True)
b = torch.ones(2, 3)
c = a @ b
c.sum().backward()
print(a.grad)
""",
    ),
    "target": Case(
        N_("The target is silently spread"),
        "target_size",
        "Using a target size (torch.Size([3])) that is different to the input size (torch.Size([3, 1]))."
        " This will likely lead to incorrect results due to broadcasting. Please ensure they have the same"
        " size.",
        """\
import torch

x = torch.unsqueeze(torch.linspace(-1, 1, 3), dim=1)
y = torch.linspace(-1, 1, 3) ** 2
w = torch.tensor([[1.]], requires_grad=True)
loss = torch.nn.MSELoss()(x @ w, y)
loss.backward()
print(loss, w.grad)
""",
    ),
    "dtype": Case(
        N_("Two kinds of numbers"),
        "dtype_mismatch",
        "expected m1 and m2 to have the same dtype, but got: double != float",
        """\
import torch

x = torch.ones(1, 2, dtype=torch.float64)
w = torch.ones(2, 1, requires_grad=True)
y = x @ w
y.backward()
print(w.grad)
""",
    ),
    "none-zero": Case(
        N_("None has no zero_()"),
        "grad_is_none",
        "'NoneType' object has no attribute 'zero_'",
        """\
import torch

w = torch.tensor(2., requires_grad=True)

for step in range(2):
    w.grad.zero_()
    loss = w * w
    loss.backward()
    print(w.grad)
""",
    ),
    "name": Case(
        N_("A name nobody has defined"),
        "name_not_defined",
        "name 'varable' is not defined",
        """\
import torch

variable = torch.tensor(2., requires_grad=True)
v_1 = 3 * varable
v_1.backward()
print(variable.grad)
""",
    ),
    "item": Case(
        N_("backward() of a plain number"),
        "number_has_no_grad",
        "'float' object has no attribute 'backward'",
        """\
import torch

x = torch.tensor([1., 2.], requires_grad=True)
loss = (x * x).sum()
loss.item().backward()
print(x.grad)
""",
    ),
    "list": Case(
        N_("An optimizer without a list"),
        "optimizer_needs_a_list",
        "params argument given to the optimizer should be an iterable of Tensors or dicts, but got"
        " torch.FloatTensor",
        """\
import torch

w = torch.tensor(2., requires_grad=True)
optimizer = torch.optim.SGD(w, lr=0.1)
loss = w * w
loss.backward()
optimizer.step()
print(w)
""",
    ),
}
