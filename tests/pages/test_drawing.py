"""How often the page draws, and what it tells those who cannot see it."""

from itertools import pairwise

from playwright.sync_api import expect

from tests.pages.conftest import Visit
from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import Visitor
from tests.server import wait_for

NOTE_ACKNOWLEDGED = """
globalThis.acknowledged = [];
const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (text) {
  const { type, step } = JSON.parse(text);
  if (type === "ack") acknowledged.push([step, document.getElementById("step-count").textContent]);
  send.call(this, text);
};
"""
NOTE_DRAWINGS = """() => {
  const curve = [...document.querySelectorAll("#fit .scatterlayer .js-line")].at(-1);
  globalThis.drawings = [];
  new MutationObserver(() => drawings.push(performance.now())).observe(curve, { attributeFilter: ["d"] });
}"""
"""Both write down what the page does; neither waits for it."""


def test_a_snapshot_is_acknowledged_when_it_is_drawn_and_the_last_one_always_is(visitor: Visitor) -> None:
    visitor.page.add_init_script(NOTE_ACKNOWLEDGED)
    visitor.open_training("?max_steps=120")
    visitor.page.evaluate(NOTE_DRAWINGS)
    for step in range(1, 5):
        visitor.find("#step").click()
        visitor.expect_step(step)
    visitor.play("60")
    visitor.status("done")
    acknowledged = visitor.page.evaluate("() => acknowledged")
    assert all(str(step) == drawn for step, drawn in acknowledged)
    assert acknowledged[-1] == [120, "120"]
    drawings = len(visitor.page.evaluate("() => drawings"))
    # Each picture that the server heard of was on the screen, but for one drawn anew with other axes.
    steps = sum(step > 0 for step, _ in acknowledged)
    assert drawings >= steps / 2 >= 2


def test_who_asks_for_less_motion_sees_pictures_far_apart_and_the_last_one(visit: Visit) -> None:
    with visit(reduced_motion="reduce") as visitor:
        clock = visitor.page.clock
        clock.install()
        visitor.open_training()
        clock.pause_at(visitor.page.evaluate("() => Date.now()") + 60_000)
        for step, pause in (1, 32), (2, 300):
            visitor.find("#step").click()
            wait_for(lambda: len(visitor.state("losses")) == step)  # noqa: B023
            clock.run_for(pause)
            expect(visitor.find("#step-count")).to_have_text("1")
        clock.run_for(150)
        expect(visitor.find("#step-count")).to_have_text("2")


def test_a_long_run_at_full_speed_keeps_every_loss(tab: SharedTab) -> None:
    visitor = tab.renew(max_steps=2000)
    visitor.calm()
    visitor.play()
    visitor.status("done")
    assert len(visitor.state("losses")) == 2000
    path = visitor.find("#loss .scatterlayer .js-line").last.get_attribute("d") or ""
    assert path.count("L") <= 500  # thinned out for drawing


def test_the_live_region_tells_of_stops_at_once_and_of_progress_now_and_then(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.page.evaluate(
        """() => {
          globalThis.told = [];
          const live = document.getElementById("live");
          new MutationObserver(() => told.push([performance.now(), live.textContent]))
            .observe(live, { childList: true });
        }"""
    )
    visitor.calm()
    visitor.play("60")
    wait_for(lambda: any("Step" in text for _, text in visitor.page.evaluate("() => told")))
    visitor.find("#play").click()
    visitor.status("still")
    told = visitor.page.evaluate("() => told")
    assert told[0][1] == "Training…"
    assert told[-1][1].startswith("Paused at step")
    progress = [time for time, text in told if text.startswith("Step")]
    assert all(later - earlier >= 4999 for earlier, later in pairwise(progress))


def test_the_charts_are_described_in_words(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.run_steps(10)
    visitor.expect_step(10)
    expect(visitor.find("#fit-words")).to_have_text("100 points, and the model's curve after 10 steps.")
    expect(visitor.find("#loss-words")).to_contain_text("10 losses; the newest is 0.")


def test_the_loss_axis_can_be_logarithmic(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.run_steps(300)
    visitor.expect_step(300)
    visitor.find("#log").check()
    expect(visitor.find("#loss .ytick text").first).to_have_text("0.001")
    visitor.find("#log").uncheck()
    expect(visitor.find("#loss .ytick text").first).to_have_text("0")


def test_earlier_runs_stay_in_the_loss_chart_and_say_what_was_different(visitor: Visitor) -> None:
    visitor.open_training()
    legend = visitor.find("#loss-legend")
    visitor.run_steps(30)
    visitor.expect_step(30)
    expect(legend).to_be_hidden()
    visitor.find("#reset").click()
    visitor.expect_step(0)
    visitor.set("lr", "0.05")
    expect(visitor.find("#lr")).to_have_value("0.05")
    visitor.run_steps(20)
    visitor.expect_step(20)
    expect(legend.locator("li")).to_have_text(["loss", "lr 0.2"])
    lines = visitor.find("#loss .scatterlayer .js-line")
    expect(lines).to_have_count(2)
    assert (lines.first.get_attribute("d") or "").count("L") == 29
    wait_for(lambda: (lines.last.get_attribute("d") or "").count("L") == 19)
    assert "dash" in (lines.first.get_attribute("style") or "")
    visitor.set("seed", "7")
    visitor.expect_step(0)
    expect(legend.locator("li")).to_have_text(["loss", "seed 0", "seed 0, lr 0.2"])


def test_lines_that_moved_lie_where_a_drawing_anew_puts_them(tab: SharedTab) -> None:
    visitor = tab.renew(max_steps=100_000)
    visitor.play("60")
    wait_for(lambda: len(visitor.state("losses")) > 60)
    visitor.find("#play").click()
    visitor.status("still")
    line = visitor.find("#loss .scatterlayer .js-line").last
    wait_for(lambda: (line.get_attribute("d") or "").count("L") == len(visitor.state("losses")) - 1)
    moved = line.get_attribute("d")
    visitor.find("#theme").click()
    wait_for(lambda: "230, 159, 0" in (line.get_attribute("style") or ""))
    assert line.get_attribute("d") == moved
    visitor.find("#theme").click()


def test_pointing_at_the_loss_chart_tells_step_and_loss(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.run_steps(50)
    visitor.expect_step(50)
    plot = visitor.find("#loss .nsewdrag")
    wait_for(lambda: (visitor.find("#loss .js-line").first.get_attribute("d") or "").count("L") == 49)
    plot.hover()
    label = visitor.find("#loss .hoverlayer .hovertext").first
    expect(label).to_contain_text("step 2")
    step = int((label.text_content() or "").split("step ")[1][:2])
    assert f"{visitor.state('losses')[step - 1]:.4f}"[:5] in (label.text_content() or "")


def test_the_numbers_behind_each_chart_are_in_a_table(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.run_steps(60)
    visitor.expect_step(60)
    losses = visitor.state("losses")
    rows = visitor.page.get_by_role("table", name="Loss at each step").get_by_role("row")
    expect(rows).to_have_count(26)
    expect(rows.last.get_by_role("cell")).to_have_text(["60", f"{losses[-1]:.5f}"])
    points = visitor.page.get_by_role("table", name="Fitted curve").get_by_role("row")
    expect(points.nth(1).get_by_role("cell").first).to_have_text("\u22121.000")
    expect(points.last.get_by_role("cell").first).to_have_text("1.000")
