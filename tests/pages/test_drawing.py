"""How often the page draws, and what it tells those who cannot see it."""

from itertools import pairwise

from playwright.sync_api import expect

from tests.pages.conftest import Visit
from tests.pages.visitor import Visitor
from tests.server import wait_for

COUNT_DRAWINGS = """() => {
  const curve = [...document.querySelectorAll("#fit .scatterlayer .js-line")].at(-1);
  globalThis.drawings = { count: 0, since: performance.now() };
  new MutationObserver((changes) => {
    drawings.count += changes.length;
  }).observe(curve, { attributeFilter: ["d"] });
}"""
RATE = "() => 1000 * drawings.count / (performance.now() - drawings.since)"


def drawings_per_second(visitor: Visitor, losses: int) -> float:
    visitor.open_training()
    visitor.page.evaluate(COUNT_DRAWINGS)
    visitor.play("60")
    wait_for(lambda: len(visitor.state("losses")) >= losses, 60)
    rate = visitor.page.evaluate(RATE)
    assert isinstance(rate, float)
    return rate


def test_the_curve_is_drawn_many_times_a_second(visitor: Visitor) -> None:
    assert drawings_per_second(visitor, 150) > 10


def test_who_asks_for_less_motion_gets_a_few_pictures_a_second(visit: Visit) -> None:
    with visit(reduced_motion="reduce") as visitor:
        assert 1 < drawings_per_second(visitor, 150) < 4


def test_a_long_run_at_full_speed_keeps_every_loss(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.set("max_steps", "10000")
    visitor.play()
    visitor.status("done")
    assert len(visitor.state("losses")) == 10_000
    path = visitor.find("#loss .scatterlayer .js-line").first.get_attribute("d") or ""
    assert path.count("L") <= 500  # thinned out for drawing


def test_the_live_region_tells_of_stops_at_once_and_of_progress_now_and_then(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.page.evaluate(
        """() => {
          globalThis.told = [];
          const live = document.getElementById("live");
          new MutationObserver(() => told.push([performance.now(), live.textContent]))
            .observe(live, { childList: true });
        }"""
    )
    visitor.play("60")
    wait_for(lambda: any("Step" in text for _, text in visitor.page.evaluate("() => told")), 30)
    visitor.find("#play").click()
    visitor.status("still")
    told = visitor.page.evaluate("() => told")
    assert told[0][1] == "Training…"
    assert told[-1][1].startswith("Paused at step")
    progress = [time for time, text in told if text.startswith("Step")]
    assert all(later - earlier >= 4999 for earlier, later in pairwise(progress))


def test_the_charts_are_described_in_words(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.run_steps(10)
    visitor.expect_step(10)
    expect(visitor.find("#fit-words")).to_have_text("100 points, and the model's curve after 10 steps.")
    expect(visitor.find("#loss-words")).to_contain_text("10 losses; the newest is 0.")


def test_the_loss_axis_can_be_logarithmic(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.run_steps(300)
    visitor.expect_step(300)
    visitor.find("#log").check()
    expect(visitor.find("#loss .ytick text").first).to_have_text("0.001")
    visitor.find("#log").uncheck()
    expect(visitor.find("#loss .ytick text").first).to_have_text("0")
