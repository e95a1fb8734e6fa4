"""The points on the plot: changed by hand and by keys, made by a formula, chosen, pasted, held out."""

import math
from typing import Any

from playwright.sync_api import FilePayload, expect

from tests.pages.conftest import Visit
from tests.pages.shared_tab import SharedTab
from tests.pages.test_accessibility import expect_no_violation
from tests.pages.visitor import PHONE, Visitor
from tests.server import Server, wait_for

COORDINATES = """(editor) => {
  const { left, top } = editor.getBoundingClientRect();
  return [...editor.querySelectorAll(".handle")].map((mark) => {
    const [x, y] = mark.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
    return [left + x, top + y];
  });
}"""
FRAMES = """() => {
  globalThis.frames = [];
  const mark = document.querySelector(".handle:last-child");
  const look = () => {
    const at = mark.getAttribute("transform");
    if (frames.at(-1) !== at) frames.push(at);
    requestAnimationFrame(look);
  };
  look();
}"""


THREE = [[-1, 1], [0, 0], [1, 1]]


def data_of(visitor: Visitor, server: Server) -> dict[str, Any]:
    with server.client() as client:
        data = client.get(f"/api/runs/{visitor.run_id()}").json()["config"]["data"]
    assert isinstance(data, dict)
    return data


def points_of(visitor: Visitor, server: Server) -> list[tuple[float, float]]:
    return [(x, y) for x, y in data_of(visitor, server)["points"] or []]


def edit(visitor: Visitor) -> Visitor:
    visitor.find("#edit-points").click()
    visitor.find(".handle").first.wait_for(state="attached")
    return visitor


def address(visitor: Visitor) -> str:
    """What the page's address says, after its "?"."""
    query: str = visitor.page.evaluate("() => location.search.slice(1)")
    return query


def places(visitor: Visitor) -> list[tuple[float, float]]:
    """Where the points are on the screen."""
    found: list[tuple[float, float]] = visitor.find(".point-layer").evaluate(COORDINATES)
    return found


def test_a_press_on_the_plot_adds_a_point_there_and_keeps_the_weights(tab: SharedTab, server: Server) -> None:
    visitor = edit(tab.renew(data={"points": THREE}))
    visitor.run_steps(10)
    visitor.expect_step(10)
    parameters = visitor.state("parameters")
    (left, top), (middle, bottom), (_, _) = places(visitor)
    visitor.page.mouse.click((left + middle) / 2, (top + bottom) / 2)
    wait_for(lambda: len(points_of(visitor, server)) == 4)
    x, y = points_of(visitor, server)[3]
    assert math.isclose(x, -0.5, abs_tol=0.01)
    assert math.isclose(y, 0.5, abs_tol=0.02)
    assert visitor.state("parameters") == parameters
    visitor.expect_step(10)
    expect(visitor.find("#inputs")).to_have_text("4 points set by hand")


def test_a_drag_moves_a_point_and_the_training_curve_with_it(tab: SharedTab, server: Server) -> None:
    points = [[-1, 0], [0, 0.1], [1, 0]]
    visitor = edit(tab.renew(data={"points": points}, max_steps=100_000, optimizer={"lr": 0.1}))
    visitor.play("60")
    wait_for(lambda: len(visitor.state("losses")) > 20)
    visitor.draw_every_frame()
    visitor.page.evaluate(FRAMES)
    before = visitor.drawn_curve()
    (x, y) = places(visitor)[2]
    visitor.page.mouse.move(x, y)
    visitor.page.mouse.down()
    visitor.page.mouse.move(x - 20, y - 60, steps=30)
    # The button is still held: the server has followed, and the model learns from where the point is now.
    wait_for(lambda: points_of(visitor, server)[2] != (1, 0))
    wait_for(lambda: visitor.drawn_curve() != before)
    visitor.page.mouse.up()
    wait_for(lambda: visitor.find("#point-words").inner_text() != "")
    words = visitor.find("#point-words").inner_text().replace("\u2212", "-")
    wait_for(lambda: words == "x = {:.4f}, y = {:.4f}".format(*points_of(visitor, server)[2]))
    assert points_of(visitor, server)[:2] == [(-1, 0), (0, 0.1)]
    assert len(visitor.page.evaluate("() => frames")) > 3


def test_points_of_a_formula_can_be_dragged_too_and_the_others_stay_as_torch_made_them(
    tab: SharedTab, server: Server
) -> None:
    visitor = edit(tab.renew(data={"n_samples": 5, "noise": 0.1}))
    x, y = places(visitor)[4]
    before = visitor.state("points")
    visitor.page.mouse.move(x, y)
    visitor.page.mouse.down()
    visitor.page.mouse.move(x - 30, y + 10, steps=3)
    visitor.page.mouse.up()
    wait_for(lambda: visitor.state("points")["x"][4] < before["x"][4])
    after = visitor.state("points")
    assert after["x"][:4] == before["x"][:4]
    assert after["y"][:4] == before["y"][:4]
    assert len(points_of(visitor, server)) == 5
    visitor.find("#use-formula").click()
    wait_for(lambda: visitor.state("points") == before)


def test_keys_reach_move_and_remove_points(tab: SharedTab, server: Server) -> None:
    visitor = edit(tab.renew(data={"points": THREE}))
    first = visitor.find(".handle").first
    first.focus()
    expect(first).to_have_attribute("aria-label", "Point 1 of 3: x \u22121.000, y 1.000")
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("Shift+ArrowDown")
    wait_for(lambda: points_of(visitor, server)[0] != (-1, 1))
    visitor.expect_step(0)  # the page's own arrow key takes a step
    wait_for(lambda: points_of(visitor, server)[0][1] < 1 < points_of(visitor, server)[0][0] + 2)
    visitor.page.keyboard.press("PageDown")
    expect(visitor.find(".handle:focus")).to_have_attribute("aria-label", "Point 2 of 3: x 0.000, y 0.000")
    visitor.page.keyboard.press("End")
    expect(visitor.find(".handle:focus")).to_have_attribute("aria-label", "Point 3 of 3: x 1.000, y 1.000")
    visitor.page.keyboard.press("Delete")
    wait_for(lambda: len(points_of(visitor, server)) == 2)
    expect(visitor.find(".handle:focus")).to_have_count(1)
    visitor.page.keyboard.press("Delete")  # two must be left
    visitor.find("#add-point").press("Enter")
    wait_for(lambda: len(points_of(visitor, server)) == 3)
    expect(visitor.find(".handle:focus")).to_have_attribute("aria-pressed", "true")
    visitor.page.keyboard.press("Escape")
    expect(visitor.find("#edit-points")).to_be_focused()
    expect(visitor.find(".point-layer")).to_be_hidden()


def test_a_finger_adds_and_removes_points(visit: Visit, server: Server) -> None:
    with visit(viewport=PHONE, has_touch=True, is_mobile=True) as visitor:
        visitor.open_training("?data.points=[-1,1],[0,0],[1,1]")
        edit(visitor)
        (left, top), (middle, bottom), _ = places(visitor)
        visitor.page.touchscreen.tap((left + middle) / 2, (top + bottom) / 2)
        wait_for(lambda: len(points_of(visitor, server)) == 4)
        visitor.find("#remove-point").tap()
        wait_for(lambda: len(points_of(visitor, server)) == 3)
        visitor.find("#edit-points").tap()
        expect(visitor.find(".point-layer")).to_be_hidden()


def test_a_formula_that_fails_is_explained_beside_its_field(visit: Visit) -> None:
    with visit(locale="zh-CN") as visitor:
        visitor.open_training()
        visitor.set("target", "x + torch.ones(3)[:3] * torch.ones(4)")
        expect(visitor.find("#target-reason")).to_contain_text("The size of tensor a (3) must match")
        expect(visitor.find("#target-reason")).to_contain_text("大小相等")
        expect(visitor.find("#target")).to_have_value("x + torch.ones(3)[:3] * torch.ones(4)")
        visitor.set("target", "0.5*x")
        expect(visitor.find("#target-reason")).to_be_hidden()
        wait_for(lambda: "data.target=0.5*x" in address(visitor))
        told = visitor.state("points")
        assert all(math.isclose(y, x / 2, abs_tol=1e-6) for x, y in zip(told["x"], told["y"], strict=True))


def test_a_preset_is_chosen_by_its_picture(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    visitor.find("#data-open").click()
    pictures = visitor.find("[data-preset] svg path")
    assert all(
        "h0" in path for path in pictures.evaluate_all("(all) => all.map((path) => path.getAttribute('d'))")
    )
    visitor.find('[data-preset="step"]').click()
    expect(visitor.find("#data")).to_be_hidden()
    expect(visitor.find("#target")).to_have_value("(x > 0).float() + 0.05*torch.randn(x.size())")
    assert data_of(visitor, server)["target"] == "step"
    visitor.find("#data-open").click()
    visitor.find('[data-preset="gap"]').click()
    expect(visitor.find("#target")).to_have_value("gap")  # its formula alone would not leave the gap


def test_a_pasted_table_becomes_the_points(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    visitor.find("#data-open").click()
    visitor.find("#table").fill("x;y\n-1;0,5\n0;0\n1;0,5\n")
    visitor.find("#read-table").click()
    wait_for(lambda: points_of(visitor, server) == [(-1, 0.5), (0, 0), (1, 0.5)])
    expect(visitor.find("#data")).to_be_hidden()
    expect(visitor.find("#inputs")).to_have_text("3 points set by hand")


def test_bad_rows_of_a_file_are_told_by_number_and_the_others_can_be_used(
    tab: SharedTab, server: Server
) -> None:
    visitor = tab.renew()
    visitor.find("#data-open").click()
    table = "x,y\n0,1\n1,<b>two</b>\n2,3\n4\n"
    file = FilePayload(name="points.csv", mimeType="text/csv", buffer=table.encode("utf-16"))
    visitor.find("#table-file").set_input_files(file)
    rows = visitor.find("#bad-rows li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Row 3, “1,<b>two</b>”")
    expect(rows.last).to_contain_text("Row 5")
    assert points_of(visitor, server) == []
    visitor.find("#use-good").click()
    wait_for(lambda: points_of(visitor, server) == [(0, 1), (2, 3)])


def test_points_held_out_look_different_are_named_and_have_their_loss(tab: SharedTab) -> None:
    visitor = tab.renew()
    expect(visitor.find("#fit-test")).to_be_hidden()
    visitor.find("#data-more summary").click()
    visitor.set("test_fraction", "0.3")
    expect(visitor.find("#fit-test")).to_have_text("test points")
    marks = visitor.find("#fit .scatterlayer .points path")
    expect(marks).to_have_count(100)
    for of_mark in ("mark.style.fill", "mark.getAttribute('d')[3]"):
        wait_for(lambda: len(set(marks.evaluate_all(f"(all) => all.map((mark) => {of_mark})"))) == 2)  # noqa: B023
    visitor.find("#edit-points").click()
    expect(visitor.find('.handle[data-kind="test"]')).to_have_count(30)
    visitor.run_steps(5)
    visitor.expect_step(5)
    expect(visitor.find("#loss-legend .key-test")).to_be_visible()


def test_number_range_and_noise_make_the_data_anew(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    visitor.find("#data-more summary").click()
    visitor.set("n_samples", "20")
    visitor.set("x_max", "3")
    visitor.set("noise", "0.1")
    expect(visitor.find("#inputs")).to_have_text("torch.linspace(-1, 3, 20)")
    wait_for(lambda: data_of(visitor, server)["noise"] == 0.1)
    visitor.set("x_max", "-2")
    expect(visitor.find("#x_min-reason, #x_max-reason").filter(visible=True)).to_contain_text("must be less")


def test_who_only_watches_cannot_edit(tab: SharedTab, visit: Visit) -> None:
    owner = tab.renew(data={"points": [[0, 0], [1, 1], [2, 0]], "test_fraction": 0.34})
    with visit() as watcher:
        watcher.page.goto(f"{watcher.url}/?run={owner.run_id()}")
        expect(watcher.find("#fit-test")).to_be_visible()
        for control in ("#edit-points", "#point-tools", "#use-formula", ".point-layer"):
            expect(watcher.find(control)).to_be_hidden()
        for control in ("#target", "#data-open", "#test_fraction"):
            expect(watcher.find(control)).to_be_disabled()
        owner.find("#edit-points").click()
        owner.find("#add-point").click()
        expect(watcher.find("#inputs")).to_have_text("4 points set by hand")


def test_points_are_in_the_address_as_long_as_they_fit(visitor: Visitor, server: Server) -> None:
    visitor.open_training("?data.points=[-1,1],[0,0],[1,1]")
    few = address(visitor)
    assert few.endswith("data.points=[-1,1],[0,0],[1,1]")
    visitor.find("#data-open").click()
    visitor.find("#table").fill("\n".join(f"{i / 7:.7f} {math.sin(i):.7f}" for i in range(500)))
    visitor.find("#read-table").click()
    wait_for(lambda: len(points_of(visitor, server)) == 500)
    wait_for(lambda: address(visitor) == f"run={visitor.run_id()}")
    before = visitor.page.evaluate("() => history.length")
    visitor.set("seed", "4")
    wait_for(lambda: visitor.state("config")["seed"] == 4)
    wait_for(lambda: visitor.page.evaluate("() => history.length") > before)
    visitor.page.go_back()
    wait_for(lambda: visitor.state("config")["seed"] == 0)
    assert len(points_of(visitor, server)) == 500
    visitor.page.go_back()
    wait_for(lambda: address(visitor) == few and len(points_of(visitor, server)) == 3)


def test_editing_and_choosing_shut_nobody_out(tab: SharedTab) -> None:
    visitor = tab.renew(data={"test_fraction": 0.3})
    for _ in range(2):
        edit(visitor)
        visitor.find("#add-point").click()
        visitor.find("#data-more").evaluate("(more) => { more.open = true; }")
        expect(visitor.find("#use-formula")).to_be_visible()
        expect_no_violation(visitor, ".chart-fit", "#settings")
        visitor.find("#data-open").click()
        visitor.find("#table").fill("1 2\n3 four\n5 6")
        visitor.find("#read-table").click()
        visitor.find("#bad-rows").wait_for()
        expect_no_violation(visitor, "#data")
        visitor.page.keyboard.press("Escape")
        visitor.find("#edit-points").click()
        visitor.find("#theme").click()
