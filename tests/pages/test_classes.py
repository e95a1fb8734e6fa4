"""Classes and surfaces on the training page: chosen, trained, seen, compared, and left again."""

from playwright.sync_api import expect

from tests.pages.shared_tab import SharedTab
from tests.pages.test_accessibility import expect_no_violation
from tests.pages.visitor import Visitor

COLOUR = """([x, y]) => {
  const canvas = document.querySelector(".plane");
  const { width, height } = canvas;
  return [...canvas.getContext("2d").getImageData(x * width, y * height, 1, 1).data].slice(0, 3);
}"""
"""The colour of a place of the surface, as shares of its width and, from the top, of its height."""


def colour(visitor: Visitor, x: float, y: float) -> list[int]:
    found: list[int] = visitor.page.evaluate(COLOUR, [x, y])
    return found


def test_the_lesson_on_classification_from_its_choice_to_its_end(tab: SharedTab) -> None:
    visitor = tab.visitor
    visitor.find("#experiments-open").click()
    visitor.find("[data-experiment=classification]").click()
    expect(visitor.find("#net")).to_have_text("Net(2, 10, 2)")
    expect(visitor.find("#fit-title")).to_have_text("Which class the model sees where")
    expect(visitor.find("#class-legend li")).to_have_text(["class 0", "class 1"])
    visitor.run_steps(100)
    visitor.expect_step(100)
    expect(visitor.find("#accuracy")).to_have_text("99.5 % of the points are right.")
    visitor.find("#confusion-table summary").click()
    expect(visitor.find("#confusion td")).to_have_text(["99", "1", "0", "100"])
    expect(visitor.find("#fit-words")).to_contain_text("99.5 % of the points are right.")
    # The clouds lie at the upper right and at the lower left, on grounds of two colours.
    upper, lower = colour(visitor, 0.9, 0.1), colour(visitor, 0.1, 0.9)
    assert upper[0] > upper[2] > 0
    assert lower[2] > lower[0] > 0
    # What is a curve's is not there, and the network has both inputs and a number for each class.
    expect(visitor.find("#hinges")).to_be_hidden()
    expect(visitor.find("#shapes")).to_be_hidden()
    expect(visitor.find("#edit-points")).to_be_hidden()
    visitor.look_at("network")
    expect(visitor.find("#network-picture .glyph-text")).to_have_text(["x1", "x2", "0", "1"])
    expect_no_violation(visitor)


def test_points_of_another_task_bring_its_settings_and_go_with_them(tab: SharedTab) -> None:
    visitor = tab.visitor
    visitor.find("#data-open").click()
    visitor.find("[data-preset=spirals]").click()
    expect(visitor.find("#inputs")).to_have_text("200 points of 2 classes")
    expect(visitor.find("#loss_func")).to_have_value("CrossEntropyLoss")
    visitor.find("#data-more summary").click()
    visitor.set("classes", "3")
    expect(visitor.find("#class-legend li")).to_have_count(3)
    visitor.set("classes", "7")
    expect(visitor.find("#classes-reason")).to_contain_text("at most 6")
    # A form that the loss does not want is torch's error, with the way back.
    visitor.find("#y_form").select_option("float")
    expect(visitor.find("#y_form")).to_have_value("float")
    visitor.find("#step").click()
    expect(visitor.find("#trouble")).to_contain_text("CrossEntropyLoss looks up the output")
    visitor.find("#data-open").click()
    visitor.find("[data-preset=saddle]").click()
    expect(visitor.find("#fit-title")).to_have_text("Fitted surface")
    expect(visitor.find("#loss_func")).to_have_value("MSELoss")
    expect(visitor.find("#scores")).to_be_hidden()
    visitor.find("#data-open").click()
    visitor.find("[data-preset=sine]").click()
    expect(visitor.find("#fit-title")).to_have_text("Fitted curve")
    expect(visitor.find("#net")).to_have_text("Net(1, 10, 1)")
    expect(visitor.find("#hinges")).to_be_visible()
    expect(visitor.find(".plane")).to_be_hidden()
