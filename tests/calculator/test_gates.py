"""What would be too large is refused before it is made, and what is just large enough is not."""

import pytest

from app.calculator import derive

TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"

TOO_LARGE = [
    "torch.zeros(1000, 1001)", "torch.ones((1000, 1001))", "torch.zeros(size=(2000, 2000))",
    "torch.full((1001, 1000), 1.0)", "torch.eye(1001)", "torch.eye(10, 200000)", "torch.arange(1000001)",
    "torch.arange(0, 1, 1e-7)", "torch.linspace(0, 1, 1000001)", "torch.logspace(0, 1, steps=1000001)",
    "torch.rand(1001, 1000)", "torch.randn(101, 100, 100)", "torch.randint(0, 5, (1001, 1000))",
    "torch.randperm(1000001)", "torch.empty(1001, 1000)", "torch.Tensor(1001, 1000)",
    "torch.FloatTensor(1001, 1000)", "torch.LongTensor(1000001)", "torch.ones(2000).new_zeros(1001, 1000)",
    "torch.ones(2000).new_empty(1001, 1000)", "torch.ones(2000).new_full((1001, 1000), 1.0)",
    "torch.ones(2000, 1) + torch.ones(1, 2000)", "torch.ones(2000, 1) * torch.ones(2000)",
    "torch.ones(2000, 1) == torch.ones(2000)", "torch.ones(2000, 1) @ torch.ones(1, 2000)",
    "torch.ones(2000, 1).mul(torch.ones(2000))", "torch.add(torch.ones(2000, 1), torch.ones(2000))",
    "torch.outer(torch.ones(2000), torch.ones(2000))", "torch.ones(2000).outer(torch.ones(2000))",
    "torch.ones(1).expand(1000001)", "torch.ones(1).expand(10**13)", "torch.ones(1000).repeat(1001)",
    "torch.ones(1000).tile(1001)", "torch.ones(1000).repeat_interleave(1001)",
    "torch.repeat_interleave(torch.ones(2), torch.tensor([1000000, 5]))",
    "torch.bincount(torch.tensor([1000001]))", "torch.tensor([3]).bincount(minlength=1000001)",
    "F.one_hot(torch.tensor([1000001]))", "F.one_hot(torch.arange(2000), 2000)",
    "torch.kron(torch.ones(1001), torch.ones(1000))", "torch.cartesian_prod(*[torch.arange(100)] * 4)",
    "torch.meshgrid(torch.arange(2000), torch.arange(2000), indexing='ij')",
    "torch.combinations(torch.arange(200), 3)", "torch.diag(torch.ones(1001))", "torch.ones(1001).diag()",
    "torch.diag_embed(torch.ones(1001))", "torch.linalg.svd(torch.ones(5000, 2))",
    "torch.block_diag(*[torch.ones(1)] * 1001)", "torch.cdist(torch.ones(2000, 1), torch.ones(2000, 1))",
    "torch.einsum('i,j->ij', torch.ones(2000), torch.ones(2000))",
    "torch.stack([torch.ones(1000)] * 1001)", "torch.cat([torch.ones(1000)] * 1001)",
    "torch.tril_indices(2000, 2000)", "torch.vander(torch.ones(2000))",
    "torch.ones(1000, 1000)[[0] * 2000]", "torch.ones(1000, 1000)[torch.zeros(2000, dtype=torch.long)]",
    "torch.ones(10, 1000)[torch.zeros(101, 10, dtype=torch.long)]",
    "torch.ones(2000).index_select(0, torch.zeros(1000001, dtype=torch.long))",
    "torch.ones(1000000).unfold(0, 1000, 1)", "F.pad(torch.ones(10), (0, 1000000))",
    "F.interpolate(torch.ones(1, 1, 2, 2), scale_factor=1000)",
    "F.interpolate(torch.ones(1, 1, 2), size=1000001)",
    "F.conv_transpose1d(torch.ones(1, 1, 1001), torch.ones(1, 1, 1), stride=1000)",
    "F.linear(torch.ones(2000, 1), torch.ones(2000, 1))",
    "F.embedding(torch.zeros(2000, dtype=torch.long), torch.ones(1, 2000))",
    "nn.Linear(1000, 1001)", "nn.Linear(10**5, 10**5)", "nn.Embedding(10**9, 100)", "nn.Conv2d(64, 64, 31)",
    "nn.LSTM(1000, 1000)", "nn.Linear(1, 2000)(torch.ones(2000, 1))",
    "torch.autograd.functional.hessian(lambda t: t.sum(), torch.ones(2000))",
    "nn.Upsample(scale_factor=1001)(torch.ones(1, 1, 1000))",
    "torch.zeros(0, 1000001)", "torch.zeros(1000001, 0)", "torch.zeros(0, 1).expand(0, 10**9)",
    "torch.zeros(2000, 0) @ torch.zeros(0, 2000)", "torch.zeros(0).reshape(0, 10**9)",
    "torch.tensor([[0] * 2000] * 2000)", "torch.FloatTensor([[0] * 2000] * 2000)",
    "torch.as_tensor([[0] * 2000] * 2000)", "torch.ones(1).new_tensor([[0] * 2000] * 2000)",
    "torch.tensor(range(10**7))", "torch.acos_(torch.ones(2000, 1)) + torch.ones(2000)",
]  # fmt: skip

LARGE_ENOUGH = [
    "torch.zeros(1000, 1000)", "torch.ones(1000, 1) + torch.ones(1, 1000)", "torch.arange(1000000)",
    "torch.ones(1000, 1000) @ torch.ones(1000, 10)", "torch.ones(1000, 1000) * torch.ones(1000, 1000)",
    "torch.ones(1000, 1000) * 1000000", "torch.full((2, 3), 1e9)", "torch.randint(0, 10**9, (3,))",
    "torch.ones(1000, 1000).sum()", "torch.ones(1000, 1000).t()", "torch.stack([torch.ones(100)] * 1000)",
    "torch.ones(1000, 1000)[torch.arange(5)]", "torch.diag(torch.ones(1000))", "nn.Linear(900, 1000)",
    "torch.linalg.svd(torch.ones(2, 900))", "torch.combinations(torch.arange(90), 3)",
]  # fmt: skip


@pytest.mark.parametrize("expression", TOO_LARGE)
def test_a_tensor_too_large_is_refused_at_its_line(expression: str) -> None:
    error = derive(f"{TORCH}print('so far')\nx = {expression}\n").error
    assert error is not None
    assert (error.type, error.line) == ("LimitReached", 5), error
    assert "elements" in error.message


@pytest.mark.parametrize("expression", LARGE_ENOUGH)
def test_a_tensor_within_the_limit_is_made(expression: str) -> None:
    assert derive(f"{TORCH}x = {expression}\n").error is None


@pytest.mark.parametrize(
    "program",
    [
        "2 ** 4096", "10 ** 10 ** 8", "1 << 4097", "pow(3, 10**8)", "x = 2\nfor _ in range(13): x = x * x",
        "x = 3\nx **= 9999", "x = 1\nx <<= 10**11", "import math\nmath.factorial(501)",
        "import math\nmath.comb(10**5, 10**4)", "import math\nmath.prod(range(1, 10**4))", "round(1, -10**9)",
        "-2 ** 5000", "True << 10000",
    ],
)  # fmt: skip
def test_integers_stop_at_their_limit(program: str) -> None:
    error = derive(program).error
    assert error is not None
    assert (error.type, "4,096 bits" in error.message) == ("LimitReached", True)


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("print(2 ** 100, 10 ** 300 > 1, 1 << 4000 > 0, (-1) ** 10**9, 1 ** 10**9, 0 ** 5)", "0"),
        ("import math\nprint(math.factorial(20), math.comb(50, 25), 2 ** -2, 2.0 ** 100)", "1.26"),
    ],
)
def test_ordinary_integers_are_not_in_the_way(program: str, printed: str) -> None:
    derivation = derive(program)
    assert derivation.error is None
    assert printed in derivation.printed


@pytest.mark.parametrize(
    "expression",
    [
        "'x' * 100001", "100001 * 'x'", "'x' * 50001 + 'y' * 50000", "''.join(['x' * 1000] * 101)",
        "'x'.replace('x', 'y' * 1000).replace('y', 'z' * 101)", "'x'.center(100001)", "'x'.zfill(10**9)",
        "'\\t'.expandtabs(10**9)", "f\"{'x' * 60000}{'y' * 60000}\"", "'%s%s' % ('x' * 60000, 'y' * 60000)",
        "'{}{}'.format('x' * 60000, 'y' * 60000)", "f'{1:1000}'", "f'{1.0:.101f}'", "f'{1:{10**9}}'",
        "'{:>101}'.format(1)", "'%101d' % 1", "'%.101f' % 1.0",
        "format(1, '>999999999')", "'{:{}}'.format(1, 10**9)",
    ],
)  # fmt: skip
def test_strings_stop_at_their_limit(expression: str) -> None:
    derivation = derive(f"x = {expression}")
    assert derivation.error is not None
    assert derivation.error.type == "LimitReached"
    assert "output truncated" in derivation.error.message.lower()
    assert derivation.truncated


@pytest.mark.parametrize(
    "program",
    [
        "x = [0] * 100001", "x = 100001 * (0,)", "x = [0] * 60000 + [1] * 60000", "x = list(range(10**9))",
        "x = tuple(range(200001))", "x = [i for i in range(200000)]", "x = {i for i in range(200000)}",
        "x = {i: i for i in range(200000)}", "x = sum(range(10**11))", "x = max(range(10**12))",
        "x = sorted(range(10**7))", "x = [*range(10**7)]", "x = dict(zip(range(10**7), range(10**7)))",
        "x = []\nx.extend(range(10**6))", "x = []\nx[0:0] = range(10**6)", "a, *b = range(10**7)",
        "x = 1.5 in range(10**12)", "x = list(map(str, range(10**7)))",
        "x = any(i < 0 for i in range(10**7))",
        "import torch\nx = [0] * torch.tensor(10**9)",
        "import torch\nx = 'a' * torch.tensor([10**9]).numpy()[0]",
        "x = []\nx += range(10**10)", "x = [1]\nx[0:1] = range(10**10)", "x = {1}.union(range(10**10))",
        "x = {1}.issuperset(range(10**10))", "x = set()\nx.update(range(10**10))",
        "x = []\nx.extend(range(10**10))", "x = frozenset([1]).difference(range(10**10))",
        "import torch\nx = torch.zeros(1000000).unbind()", "import torch\nx = torch.zeros(1000000).split(1)",
        "import torch\nfor v in torch.zeros(1000000): pass", "import torch\nx = list(torch.zeros(1000000))",
        "import torch\nx = torch.zeros(1000000, 0).tolist()", "import torch\na, *b = torch.zeros(1000000)",
        "x = [0] * 10\nx *= 10**9", "x = 'a'\nx *= 10**9", "x = set()\nx.update(range(10**6))",
    ],
)  # fmt: skip
def test_collections_stop_at_their_limit(program: str) -> None:
    error = derive(program).error
    assert error is not None
    assert error.type == "LimitReached"


def test_a_range_is_not_a_list() -> None:
    program = (
        "for i in range(10**12):\n    if i == 3: break\nprint(i, 10**11 in range(10**12), len(range(10**9)))"
    )
    assert derive(program).printed == "3 True 1000000000\n"


def test_what_holds_itself_many_times_is_not_written_out() -> None:
    error = derive("x = []\nfor _ in range(60): x = [x, x]\nprint(x)").error
    assert error is not None
    assert error.type == "LimitReached"
    assert derive("x = []\nx.append(x)\nprint(x, {'k': x})").printed == "[[...]] {'k': [[...]]}\n"
