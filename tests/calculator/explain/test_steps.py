"""The playback: what happened, line by line forward and node by node backward."""

from app.protocol.explanation import Step
from tests.calculator.explain.told import LINES, told

CHAIN = (
    "variable = torch.tensor([2.], requires_grad=True)\nv_1 = 3 * variable\nv_2 = 4 * v_1\nv_2.backward()\n"
)


def changes(step: Step) -> list[tuple[str, str, str | None, str | None]]:
    return [(change.name, change.what, change.before, change.after) for change in step.changed]


def gradients(steps: list[Step], name: str) -> list[tuple[str | None, str | None]]:
    """Every change of a `.grad`."""
    return [(b, a) for step in steps for n, what, b, a in changes(step) if (n, what) == (name, "grad")]


def test_the_lessons_chain_goes_forward_by_line_and_backward_by_node() -> None:
    derivation = told(CHAIN + "print(variable.grad)")
    assert derivation.graph is not None
    ids = {node.symbol: node.id for node in derivation.graph.nodes}
    assert [(step.line, step.event) for step in derivation.steps] == [
        (LINES + 1, "line"),
        (LINES + 2, "line"),
        (LINES + 3, "line"),
        (LINES + 4, "backward"),
        (LINES + 4, "node"),
        (LINES + 4, "node"),
        (LINES + 4, "node"),
        (LINES + 5, "line"),
    ]
    forward, backward = derivation.steps[:3], derivation.steps[4:7]
    assert [changes(step) for step in forward] == [
        [("variable", "value", None, "2")],
        [("v_1", "value", None, "6")],
        [("v_2", "value", None, "24")],
    ]
    assert [set(step.made) for step in forward] == [
        {ids["variable"]},
        {ids["v_1"], ids["3"]},
        {ids["v_2"], ids["4"]},
    ]
    assert [(step.node, step.grad) for step in backward] == [
        (ids["v_2"], "1"),
        (ids["v_1"], "4"),
        (ids["variable"], "12"),
    ]
    assert changes(backward[-1]) == [("variable", "grad", None, "12")]


def test_gradients_accumulate_over_several_passes_and_are_set_back() -> None:
    steps = told(
        "x = torch.tensor(2., requires_grad=True)\n"
        "for k in range(3):\n    y = 4 * (3 * x)\n    y.backward()\n"
        "x.grad.zero_()\n(x * 12).backward()\nx.grad = None\n"
    ).steps
    assert gradients(steps, "x") == [
        (None, "12"),
        ("12", "24"),
        ("24", "36"),
        ("36", "0"),
        ("0", "12"),
        ("12", None),
    ]
    assert [step.backward for step in steps if step.event == "backward"] == [1, 2, 3, 4]


def test_the_rounds_of_a_loop_flow_through_the_nodes_that_are_shown() -> None:
    derivation = told(
        "x = torch.tensor(2., requires_grad=True)\nfor k in range(3):\n    (x * k).backward()\n"
    )
    nodes = [step.node for step in derivation.steps if step.event == "node"]
    assert derivation.graph is not None
    assert set(nodes) == {node.id for node in derivation.graph.nodes if node.kind != "constant"}
    assert nodes == nodes[:2] * 3


def test_every_change_of_a_variable_is_told() -> None:
    steps = told(
        "a = 1\nt = torch.ones(2)\nt += 1\nt[0] = 7\na = 2.5\ndel t\nname = 'not told'\nb = True\n"
    ).steps
    assert [changes(step) for step in steps] == [
        [("a", "value", None, "1")],
        [("t", "value", None, "[1, 1]")],
        [("t", "value", "[1, 1]", "[2, 2]")],
        [("t", "value", "[2, 2]", "[7, 2]")],
        [("a", "value", "1", "2.5")],
        [("t", "value", "[7, 2]", None)],
        [],
        [("b", "value", None, "True")],
    ]


def test_an_optimizer_step_changes_parameters() -> None:
    steps = told(
        "w = nn.Parameter(torch.tensor(1.))\noptimizer = torch.optim.SGD([w], lr=0.5)\n"
        "(w * 3).backward()\noptimizer.step()\noptimizer.zero_grad()"
    ).steps
    assert changes(steps[-2]) == [("w", "value", "1", "-0.5")]
    assert changes(steps[-1]) == [("w", "grad", "3", None)]
    model = told("net = nn.Linear(1, 1)\nwith torch.no_grad():\n    net.weight.fill_(2.)\n").steps
    assert [(name, after) for name, _, _, after in changes(model[-1])] == [("net.weight", "2")]


def test_lines_inside_functions_are_told_where_they_stand() -> None:
    steps = told(
        "def f(a):\n    b = a * 2\n    return b\nx = torch.tensor(1., requires_grad=True)\ny = f(x)\n"
    ).steps
    assert [(step.line, [name for name, *_ in changes(step)]) for step in steps] == [
        (LINES + 4, ["x"]),
        (LINES + 2, ["b"]),
        (LINES + 3, []),
        (LINES + 5, ["y"]),
    ]


def test_a_line_that_computes_and_flows_back_does_one_after_the_other() -> None:
    steps = told("x = torch.tensor(1., requires_grad=True)\n(x * 2).backward()").steps
    assert [step.event for step in steps] == ["line", "line", "backward", "node", "node"]
    assert len(steps[1].made) == 2


def test_what_was_printed_after_each_line_is_told_with_its_last_step() -> None:
    derivation = told(
        "x = torch.tensor(1., requires_grad=True)\nprint('one')\n(x * 2).backward()\n"
        "print('\u202etwo', x.grad)"
    )
    ends = [step.printed for step in derivation.steps if step.printed is not None]
    assert [derivation.printed[:end] for end in ends] == ["", "one\n", "one\n", derivation.printed]
    assert [step.event for step in derivation.steps if step.printed is not None][2] == "node"


def test_the_weights_are_told_where_gradients_begin_to_flow() -> None:
    steps = told("x = torch.ones(2, requires_grad=True)\n(x * 2).backward(torch.tensor([1., 3.]))").steps
    assert next(step.grad for step in steps if step.event == "backward") == "[1, 3]"


def test_the_last_step_is_the_error_and_what_came_before_it_in_its_line() -> None:
    steps = told(
        "x = torch.tensor(2., requires_grad=True)\ny = x * x\ny.backward()\n(y * 3).backward()"
    ).steps
    assert [(step.line, step.event) for step in steps[-5:]] == [
        (LINES + 4, "line"),
        (LINES + 4, "backward"),
        (LINES + 4, "node"),
        (LINES + 4, "node"),
        (LINES + 4, "error"),
    ]


def test_a_long_loop_is_told_by_its_first_and_last_rounds_and_runs_in_full() -> None:
    derivation = told(
        "w = torch.tensor(1., requires_grad=True)\nn = 0\n"
        "for t in range(400):\n    n = n + 1\n    (w * t).backward()\n    w.grad = None\nprint(n)"
    )
    assert derivation.printed == "400\n"
    counts = [
        (before, after) for step in derivation.steps for n, _, before, after in changes(step) if n == "n"
    ]
    assert counts[0] == (None, "0")
    assert counts[1] == ("0", "1")
    assert counts[-1] == ("399", "400")
    (skipped,) = [step for step in derivation.steps if step.event == "skipped"]
    assert skipped.count is not None
    assert skipped.count > 800
    flows = [step.backward for step in derivation.steps if step.event == "backward"]
    assert flows[0] == 1
    assert flows[-1] == 400


def test_random_numbers_are_the_same_in_both_looks_at_a_long_program() -> None:
    derivation = told(
        "x = torch.zeros(1)\nfor t in range(400):\n    x = torch.rand(1)\nprint(f'{x.item():.5g}')"
    )
    last = [after for step in derivation.steps for n, _, _, after in changes(step) if n == "x"][-1]
    assert f"{float(last or 'nan'):.5g}\n" == derivation.printed


def test_a_long_program_is_looked_at_again_whatever_it_ends_with() -> None:
    derivation = told(
        "flags = torch.tensor([True, False])\nmissing = torch.tensor([1., float('nan')])\n"
        "z = torch.tensor([1 + 2j])\nn = torch.tensor([3])\nfor t in range(400):\n    a = t\n"
    )
    assert changes(derivation.steps[-1])[-1] == ("a", "value", "398", "399")


def test_many_large_changes_are_told_in_part() -> None:
    derivation = told(
        "ts = 0\n" + "".join(f"t{k} = torch.rand(8, 8)\n" for k in range(30))
        + "for k in range(60):\n" + "".join(f"    t{k} += 1\n" for k in range(30))
    )  # fmt: skip
    assert len(derivation.model_dump_json()) < 300_000
    assert any(step.event == "skipped" for step in derivation.steps)
