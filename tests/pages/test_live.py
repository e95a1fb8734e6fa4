"""Programs that run live on the calculator page: seen, commanded, looked back at, found again, watched."""

import pytest
from playwright.sync_api import expect

from tests.calculator.live.test_figures import MORVAN
from tests.pages.conftest import Visit
from tests.pages.proxy import proxied
from tests.pages.visitor import Visitor
from tests.pages.windows import Windows
from tests.server import Server

LISTING = """\
import torch
torch.manual_seed(1)
x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
y = x.pow(2) + 0.2 * torch.rand(x.size())
net = torch.nn.Sequential(torch.nn.Linear(1, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
for t in range(1000):
    loss = torch.nn.functional.mse_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("end")
"""
ENDLESS = "print('begins')\nn = 0\nwhile True:\n    n += 1\n"
# Words that stand for a moment only, too.
REMEMBER = """(words) => {
  window.wordsOfThePanel = [];
  new MutationObserver(() => window.wordsOfThePanel.push(words.textContent))
    .observe(words, { childList: true, characterData: true, subtree: true });
}"""
COUNT = "(words) => Number(/(\\d+) rounds/.exec(words.textContent)?.[1] ?? 0)"


@pytest.fixture(autouse=True)
def _sandbox_ready(server: Server) -> None:
    server.wait_until("sandbox")


def rounds(visitor: Visitor) -> int:
    """How many the panel tells of."""
    return int(visitor.find("#live-panel .live-words").evaluate(COUNT))


def more_rounds(visitor: Visitor, than: int) -> None:
    visitor.page.wait_for_function(
        f"([than]) => ({COUNT})(document.querySelector('#live-panel .live-words')) > than", arg=[than]
    )


def test_a_curve_moves_and_each_round_can_be_seen_and_explained(visitor: Visitor) -> None:
    visitor.open_calculator()
    visitor.run_program(MORVAN.replace("range(30)", "range(10**6)"))
    curve = visitor.find("#live-panel .live-figure .scatterlayer path.js-line")
    curve.first.wait_for(state="attached")
    first = curve.first.get_attribute("d")
    expect(curve.first).not_to_have_attribute("d", first or "")
    more_rounds(visitor, 12)
    visitor.find('#live-panel [data-live="stop"]').click()
    expect(visitor.find("#live-panel .live-words")).to_contain_text("Stopped.")
    last = curve.first.get_attribute("d")
    expect(visitor.find("#live-panel .live-loop h3")).to_have_text("Line 11: for t in range(10**6):")
    visitor.find("#live-round").fill("12")
    expect(curve.first).not_to_have_attribute("d", last or "")
    values = visitor.find("#live-panel .live-values")
    expect(values).to_contain_text("round 12")
    told = values.inner_text().rpartition("loss = ")[2]
    visitor.find('#live-panel [data-live="explain"]').click()
    expect(visitor.find("#status-text")).to_have_text("Round 12, explained.")
    shown = visitor.card("loss").locator('[data-part="value"]').inner_text()
    assert float(shown) == pytest.approx(float(told), abs=1e-3)
    expect(visitor.find("#bench .nudge-panel")).to_contain_text("they agree")
    visitor.find('#live-panel [data-live="now"]').click()
    expect(values).not_to_contain_text("round 12 ")
    # What is on the page is the whole program again, not that round.
    expect(visitor.card("loss").locator('[data-part="value"]')).not_to_have_text(shown)
    # The lesson's listing, whole.
    visitor.run_program(LISTING)
    expect(visitor.find("#printed")).to_have_text("end\n")
    expect(visitor.find("#live-panel .live-words")).to_have_text("Ended. 1000 rounds of the loop in line 7.")
    expect(visitor.find("#live-panel .live-figure")).to_have_count(0)
    # The text of a round that is looked at is never left behind without its panel.
    visitor.find("#live-round").fill("12")
    expect(visitor.find("#printed")).to_be_hidden()
    visitor.find("#program").fill("for")
    visitor.find("#troubles-error").wait_for()
    expect(visitor.find("#live-panel")).to_be_hidden()
    expect(visitor.find("#printed")).to_have_text("end\n")
    visitor.run_program("print(1)")
    expect(visitor.find("#live-panel")).to_be_hidden()


def test_a_program_is_paused_found_again_watched_and_stopped(visitor: Visitor, visit: Visit) -> None:
    visitor.open_calculator()
    visitor.run_program(ENDLESS)
    more_rounds(visitor, 0)
    pause, one = (visitor.find(f'#live-panel [data-live="{name}"]') for name in ("pause", "round"))
    expect(visitor.find("#printed")).to_have_text("begins\n")
    pause.press("Enter")
    expect(visitor.find("#live-panel .live-words")).to_contain_text("Paused.")
    before = rounds(visitor)
    one.press("Enter")
    more_rounds(visitor, before)
    expect(visitor.find("#live-panel .live-words")).to_contain_text("Paused.")
    before = rounds(visitor)
    visitor.page.reload()
    expect(visitor.find("#live-panel .live-words")).to_contain_text(f"Paused. {before} rounds")
    expect(visitor.find("#printed")).to_have_text("begins\n")
    watched = visitor.page.evaluate("() => JSON.parse(sessionStorage.getItem('live-panel-program')).id")
    with visit() as viewer:
        viewer.page.goto(f"{viewer.url}/calculator#watch={watched}")
        expect(viewer.find("#live-panel .live-words")).to_contain_text("You are watching.")
        expect(viewer.find("#program")).to_have_value(ENDLESS)
        expect(viewer.find('#live-panel [data-live="stop"]')).to_be_hidden()
        pause.press("Enter")
        more_rounds(viewer, before)
        visitor.find('#live-panel [data-live="stop"]').click()
        expect(viewer.find("#live-panel .live-words")).to_contain_text("Stopped.")
    expect(visitor.find("#troubles")).to_contain_text("You stopped the program.")


def test_a_program_goes_on_after_a_connection_that_fell_silent(windows: Windows, server: Server) -> None:
    with proxied(server.url) as proxy, windows.visiting(proxy.url) as visitor:
        visitor.open_calculator()
        visitor.run_program(ENDLESS)
        more_rounds(visitor, 0)
        words = visitor.find("#live-panel .live-words")
        words.evaluate(REMEMBER)
        proxy.silence()
        visitor.page.wait_for_function(
            "() => window.wordsOfThePanel.some((told) => told.startsWith('The connection was lost.'))"
        )
        more_rounds(visitor, rounds(visitor))
        expect(visitor.find("#printed")).to_have_text("begins\n")
        visitor.find('#live-panel [data-live="stop"]').click()
        expect(words).to_contain_text("Stopped.")
