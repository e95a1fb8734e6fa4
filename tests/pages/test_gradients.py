"""Gradients on the calculator page: pots, weights, the check by nudging."""

import pytest
from playwright.sync_api import expect

from tests.pages.visitor import Visitor

WEIGHTED = (
    "import torch\nx = torch.tensor([1., 2., 3.], requires_grad=True)\ny = x * x\n"
    "y.backward(gradient=torch.tensor([1., 1., 1.]))"
)


@pytest.fixture
def visitor(calculator: Visitor) -> Visitor:
    return calculator


def fill(visitor: Visitor, name: str) -> str | None:
    return visitor.card(name).locator(".pot-picture").get_attribute("data-fill")


def test_a_pot_is_dashed_filled_added_to_and_emptied(visitor: Visitor) -> None:
    assert [fill(visitor, name) for name in ("test", "variable", "v_1")] == [
        "untracked",
        "value",
        "not_retained",
    ]
    program = "import torch\nx = torch.tensor([2.], requires_grad=True)\n"
    twice = program + "for i in range(2):\n    y = 4 * (3 * x)\n    y.backward()\n"
    visitor.run_program(program)
    visitor.status("done")
    assert fill(visitor, "x") == "none"
    visitor.run_program(twice)
    visitor.status("done")
    assert fill(visitor, "x") == "value"
    expect(visitor.card("x").locator(".pot-sum")).to_have_text("12 + 12 = 24")
    expect(visitor.card("x").locator(".pot-layer")).to_have_count(2)
    visitor.run_program(twice + "x.grad.zero_()\n")
    visitor.status("done")
    assert fill(visitor, "x") == "zero"
    expect(visitor.card("x").locator('[data-part="grad"]')).to_have_text("tensor([0.])")
    visitor.run_program(twice + "x.grad = None\n")
    visitor.status("done")
    assert fill(visitor, "x") == "none"


def test_the_button_on_a_non_leafs_pot_keeps_its_gradient(visitor: Visitor) -> None:
    visitor.card("v_1").get_by_role("button").click()
    expect(visitor.card("v_1").locator('[data-part="grad"]')).to_have_text("tensor([4.])")
    assert "v_1 = 3 * variable\nv_1.retain_grad()\n" in visitor.find("#program").input_value()
    visitor.find("#program").focus()
    visitor.page.keyboard.press("Control+z")
    assert "retain_grad" not in visitor.find("#program").input_value()


def test_a_shape_is_drawn_as_a_grid(visitor: Visitor) -> None:
    visitor.run_program("import torch\nx = torch.ones(2, 3)\ny = torch.ones(100, 1)\nz = torch.tensor(1.)")
    visitor.status("done")
    counts = [visitor.card(name).locator(".shape .cell").count() for name in "xyz"]
    assert counts == [6, 4, 1]
    assert visitor.card("y").locator(".cell-more").count() == 1


def test_weights_are_typed_dragged_and_preset_and_the_product_is_the_gradient(visitor: Visitor) -> None:
    visitor.run_program(WEIGHTED)
    visitor.status("done")
    products = visitor.find("#bench .product")
    expect(products).to_have_text(["2", "4", "6"])
    expect(visitor.find("#bench .jacobian .entry")).to_have_text(list("200040006"))
    number = visitor.find('#bench .jacobian input[type="number"]').nth(1)
    number.fill("0.5")
    expect(products).to_have_text(["2", "2", "6"])
    expect(visitor.card("x")).to_contain_text("tensor([2., 2., 6.])")
    assert "gradient=torch.tensor([1., 0.5, 1.])" in visitor.find("#program").input_value()
    expect(number).to_be_focused()
    slider = visitor.find("#bench .jacobian .slider").first
    slider.focus()
    for _ in range(3):
        visitor.page.keyboard.press("ArrowRight")
    expect(products).to_have_text(["3.5", "2", "6"])
    expect(slider).to_be_focused()
    visitor.find("#bench [data-preset=one-hot]").click()
    expect(products).to_have_text(["2", "0", "0"])
    visitor.find("#bench [data-preset=one-hot]").click()
    expect(products).to_have_text(["0", "4", "0"])
    visitor.find("#bench [data-preset=ones]").click()
    expect(products).to_have_text(["2", "4", "6"])


def test_weights_can_be_chosen_where_torch_asks_for_them(visitor: Visitor) -> None:
    visitor.run_program(WEIGHTED.replace("gradient=torch.tensor([1., 1., 1.])", ""))
    visitor.status("bad")
    expect(visitor.find("#bench .product")).to_have_text(["–"] * 3)
    visitor.find("#bench [data-preset=ones]").click()
    visitor.status("done")
    expect(visitor.find("#bench .product")).to_have_text(["2", "4", "6"])


def test_a_nudge_shows_both_numbers_and_the_secant_turns_into_the_tangent(visitor: Visitor) -> None:
    visitor.run_program("import torch\nx = torch.tensor(2., requires_grad=True)\n(x ** 3).backward()")
    visitor.status("done")
    check = visitor.find("#bench .check")
    expect(check.locator(".pair code")).to_have_text(["12", "12"])
    expect(check.locator(".verdict")).to_contain_text("they agree")
    slope = check.locator(".secant-slope")
    slider = check.get_by_role("slider")
    slider.fill("16")
    # f(4) = 64 and f(0) = 0, 4 apart.
    expect(slope).to_have_text("h = 2: measured slope 16")
    expect(check.locator(".plot-end")).to_have_count(2)
    slider.fill("8")
    expect(slope).to_have_text("h = 1: measured slope 13")
    slider.fill("0")
    expect(slope).to_contain_text("measured slope 12")
    expect(check.locator(".plot-end")).to_have_count(0)


def test_a_gradient_that_differs_from_the_slope_says_why(visitor: Visitor) -> None:
    visitor.run_program("import torch\nx = torch.tensor(3., requires_grad=True)\n(x * x.detach()).backward()")
    visitor.status("done")
    expect(visitor.find("#bench .check")).to_have_attribute("data-state", "disagree")
    expect(visitor.find("#bench .check")).to_contain_text("detach()")


def test_what_is_too_large_or_a_matter_of_chance_is_said(visitor: Visitor) -> None:
    chance = visitor.find("#bench [data-place=chance]")
    expect(chance).to_be_hidden()
    visitor.run_program(
        "import torch\nx = torch.rand(20, requires_grad=True)\ny = x * 2\ny.backward(torch.ones(20))"
    )
    visitor.status("done")
    expect(chance).to_be_visible()
    expect(visitor.find("#bench .weights-more")).to_have_text("y by x: 20 × 20 derivatives, not shown")


def test_all_that_is_reported_of_gradients_is_on_the_page(visitor: Visitor) -> None:
    visitor.run_program(
        "import torch\nx = torch.tensor([1., 2.], requires_grad=True)\n"
        "torch.autograd.backward([x * x], [torch.ones(2)])\nz = 3 * x\nz.backward(torch.tensor([1., 0.]))"
    )
    visitor.status("done")
    expect(visitor.card("x").locator('[data-part="text"]')).to_have_text(
        "tensor([1., 2.], requires_grad=True)"
    )
    tables = visitor.find("#bench .jacobian")
    expect(tables.locator("caption")).to_contain_text(["backward() number 1, x", "backward() number 2, x"])
    expect(tables.first.locator("caption")).to_contain_text("The program works its weights out")
    expect(tables.first.locator("input").first).to_be_disabled()
    visitor.find("#bench [data-preset=ones]").click()
    expect(tables.last.locator(".product")).to_have_text(["3", "3"])
    row = visitor.find("#bench .elements tbody tr").first
    autograd, measured, h, mark = row.locator("td").all_inner_texts()
    assert (autograd, measured, mark) == ("3", "3", "✓")
    assert 0 < float(h) < 0.01


def test_a_hook_is_said_to_have_a_part_only_where_the_numbers_differ(visitor: Visitor) -> None:
    program = (
        "import torch\nw = torch.tensor([[1., 3.]], requires_grad=True)\n"
        "y = (w @ torch.tensor([[0.3], [7.]]) / 3).sum()\ny.backward()"
    )
    visitor.run_program(program)
    visitor.status("done")
    expect(visitor.find("#bench .rule .aside")).to_have_count(0)
    visitor.run_program(program.replace("y.b", "w.register_hook(lambda grad: 2 * grad)\ny.b"))
    visitor.status("done")
    expect(visitor.find("#bench .rule .aside")).to_contain_text("a hook had a part in it")


def test_a_backward_that_failed_is_not_taken_for_one_that_arrived(visitor: Visitor) -> None:
    visitor.run_program(
        "import torch\nx = torch.tensor(3., requires_grad=True)\ny = x * x\n" + "y.backward()\n" * 2
    )
    visitor.status("bad")
    rules = visitor.find("#bench .rule")
    expect(rules.first).not_to_contain_text("nothing arrived")
    expect(rules.last).to_contain_text("torch stopped here: nothing arrived at the leaf.")
