"""The address as the store of the settings."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from app.protocol.runs import RunConfig
from tests.docs.test_teaching import ENGLISH, settings
from tests.pages.conftest import Visit
from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import Visitor
from tests.server import wait_for

GO = """(query) => {
  history.pushState(null, "", query);
  dispatchEvent(new PopStateEvent("popstate"));
}"""
"""To an address of the same run, as back and forward do."""


def told(visitor: Visitor) -> dict[str, str]:
    """What the address says, but for the run."""
    pairs = {name: values[0] for name, values in parse_qs(urlsplit(visitor.address).query).items()}
    assert pairs.pop("run") == visitor.run_id()
    return pairs


def test_only_what_is_not_the_default_is_in_the_address(visitor: Visitor) -> None:
    visitor.open_training()
    assert told(visitor) == {}
    visitor.set("lr", "0.05")
    wait_for(lambda: told(visitor) == {"optimizer.lr": "0.05"})
    visitor.find("#optimizer").select_option("Adam")
    wait_for(lambda: told(visitor) == {"optimizer.name": "Adam"})
    visitor.set("hidden", "16, 16")
    visitor.find("#zero_grad").uncheck()
    adam = {"optimizer.name": "Adam", "model.hidden": "16,16", "loop.zero_grad": "false"}
    wait_for(lambda: told(visitor) == adam)
    visitor.page.reload()
    expect(visitor.find("#hidden")).to_have_value("16, 16")
    expect(visitor.find("#optimizer")).to_have_value("Adam")
    assert told(visitor) == adam


def test_back_and_forward_go_through_the_settings(visitor: Visitor) -> None:
    visitor.open_training()
    run = visitor.run_id()
    visitor.set("lr", "0.05")
    expect(visitor.find("#lr")).to_have_value("0.05")
    wait_for(lambda: "optimizer.lr" in told(visitor))
    visitor.find("#activation").select_option("Tanh")
    wait_for(lambda: "model.activation" in told(visitor))
    visitor.page.go_back()
    expect(visitor.find("#activation")).to_have_value("ReLU")
    expect(visitor.find("#lr")).to_have_value("0.05")
    visitor.page.go_back()
    expect(visitor.find("#lr")).to_have_value("0.2")
    wait_for(lambda: told(visitor) == {})
    visitor.page.go_forward()
    visitor.page.go_forward()
    expect(visitor.find("#activation")).to_have_value("Tanh")
    assert visitor.run_id() == run


def test_a_sliders_whole_way_is_one_step_back(visitor: Visitor) -> None:
    visitor.open_training()
    for value in ("0.5", "1", "2"):
        visitor.find("#lr-slider").press("ArrowRight")
        expect(visitor.find("#lr")).to_have_value(value)
    wait_for(lambda: told(visitor) == {"optimizer.lr": "2"})
    visitor.page.go_back()
    expect(visitor.find("#lr")).to_have_value("0.2")


def test_a_link_gives_somebody_else_a_run_of_their_own(visit: Visit) -> None:
    link = (
        "?optimizer.name=Adam&optimizer.betas=0.8,0.9&model.hidden=[3]&data.n_samples=50&loop.zero_grad=false"
    )
    with visit() as one, visit() as other:
        runs = []
        for visitor in (one, other):
            visitor.open_training(link)
            assert "Ready" in visitor.status("still")
            expect(visitor.find("#net")).to_have_text("Net(1, 3, 1)")
            expect(visitor.find("#optimizer-betas")).to_have_value("0.8, 0.9")
            expect(visitor.find("#zero_grad")).not_to_be_checked()
            expect(visitor.find("#inputs")).to_have_text("torch.linspace(-1, 1, 50)")
            runs.append(visitor.run_id())
        assert runs[0] != runs[1]
        assert one.state("curve") == other.state("curve")


def test_a_second_tab_watches_the_run_with_all_its_settings(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.set("hidden", "5")
    expect(visitor.find("#net")).to_have_text("Net(1, 5, 1)")
    wait_for(lambda: "model.hidden" in told(visitor))
    tab = visitor.page.context.new_page()
    tab.goto(visitor.address)
    expect(tab.locator("#net")).to_have_text("Net(1, 5, 1)")
    expect(tab.locator("#status-text")).to_contain_text("only the owner")


def test_the_settings_of_a_run_that_is_gone_are_still_in_its_link(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.url}/?run=AAAAAAAAAAAAAAAAAAAAAA&model.hidden=6,2")
    visitor.status("bad")
    visitor.find("#own-run").click()
    visitor.find('#play[aria-disabled="false"]').wait_for()
    expect(visitor.find("#net")).to_have_text("Net(1, 6, 2, 1)")


def test_a_link_with_a_wrong_value_says_so_and_offers_the_lessons_run(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.url}/?optimizer.lr=fast")
    assert "optimizer.lr" in visitor.status("bad")
    visitor.find("#own-run").click()
    visitor.find('#play[aria-disabled="false"]').wait_for()
    expect(visitor.find("#lr")).to_have_value("0.2")


def test_another_language_keeps_whom_one_watches(visit: Visit) -> None:
    with visit() as owner, visit() as watcher:
        owner.open_training()
        owner.set("hidden", "7")
        expect(owner.find("#net")).to_have_text("Net(1, 7, 1)")
        watcher.page.goto(f"{watcher.url}/?run={owner.run_id()}")
        expect(watcher.find("#net")).to_have_text("Net(1, 7, 1)")
        watcher.page.get_by_role("link", name="中文").click()
        expect(watcher.find("html")).to_have_attribute("lang", "zh")
        expect(watcher.find("#net")).to_have_text("Net(1, 7, 1)")
        assert watcher.run_id() == owner.run_id()


def test_the_teachers_addresses_give_the_runs_that_the_guide_speaks_of(tab: SharedTab) -> None:
    visitor = tab.renew()
    for address, _ in ENGLISH:
        query = f"?run={visitor.run_id()}&{address.removeprefix('/?')}"
        visitor.page.evaluate(GO, query)
        wanted = RunConfig.model_validate(settings(address)).model_dump(mode="json")
        wait_for(lambda: visitor.state("config") == wanted)  # noqa: B023
        assert tab.of_server() == wanted
