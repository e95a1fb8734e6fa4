"""Changing a run's settings from the page, rightly and wrongly."""

from playwright.sync_api import expect

from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import Visitor
from tests.server import Server, wait_for

REFUSED = (
    ("lr", "0", "must be at least 1e-10", "0.1"),
    ("lr", "abc", "must be a finite number", "0.3"),
    ("hidden", "8 8 8 8 8", "at most 4", "6"),
    ("seed", "1.5", "must be a whole number", "4"),
    ("max_steps", "0", "must be at least 1", "10"),
)
"""A field, what is typed there, why it is refused, and what is typed then. More: tests/web/edge."""


def config_of(visitor: Visitor, server: Server) -> dict[str, dict[str, object]]:
    with server.client() as client:
        config = client.get(f"/api/runs/{visitor.run_id()}").json()["config"]
    assert isinstance(config, dict)
    return config


def test_a_typed_learning_rate_keeps_the_weights(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    visitor.run_steps(10)
    visitor.expect_step(10)
    before = visitor.state("losses")
    visitor.set("lr", "1e-3")
    expect(visitor.find("#lr")).to_have_value("0.001")
    assert config_of(visitor, server)["optimizer"]["lr"] == 0.001
    visitor.find("#step").click()
    visitor.expect_step(11)
    assert visitor.state("losses")[:10] == before


def test_the_slider_sets_the_learning_rate(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    visitor.find("#lr-slider").press("ArrowRight")
    expect(visitor.find("#lr")).to_have_value("0.5")
    assert config_of(visitor, server)["optimizer"]["lr"] == 0.5


def test_other_hidden_units_make_another_model(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    visitor.run_steps(5)
    visitor.expect_step(5)
    visitor.set("hidden", "16, 8")
    expect(visitor.find("#net")).to_have_text("Net(1, 16, 8, 1)")
    visitor.expect_step(0)
    assert config_of(visitor, server)["model"]["hidden"] == [16, 8]


def test_the_activation_and_the_seed_make_another_model(tab: SharedTab) -> None:
    visitor = tab.renew()
    relu = visitor.state("curve")
    visitor.find("#activation").select_option("Tanh")
    visitor.page.wait_for_function("() => document.getElementById('activation').value === 'Tanh'")
    visitor.set("seed", "7")
    expect(visitor.find("#seed")).to_have_value("7")
    visitor.find("#step").click()
    visitor.expect_step(1)
    assert visitor.state("curve") != relu


def test_without_zero_grad_the_run_takes_another_course(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    visitor.run_steps(20)
    visitor.expect_step(20)
    cleared = visitor.state("losses")
    visitor.find("#reset").click()
    visitor.expect_step(0)
    visitor.find("#zero_grad").uncheck()
    visitor.run_steps(20)
    visitor.expect_step(20)
    accumulated = visitor.state("losses")
    assert config_of(visitor, server)["loop"]["zero_grad"] is False
    assert accumulated[0] == cleared[0]
    assert accumulated[1] == cleared[1]  # The first step has no older gradient to add.
    assert accumulated[2:] != cleared[2:]


def test_a_learning_rate_that_diverges_says_so_and_what_to_do(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.set("lr", "2")
    visitor.play()
    text = visitor.status("bad")
    assert "Diverged at step" in text
    expect(visitor.find("#trouble")).to_contain_text("Lower lr to 0.2")
    visitor.set("lr", "0.2")
    visitor.find("#reset").click()
    visitor.calm()
    visitor.play()
    visitor.status("done")


def test_a_refused_value_is_explained_beside_its_field(tab: SharedTab, server: Server) -> None:
    visitor = tab.renew()
    before = config_of(visitor, server)
    for field, typed, reason, good in REFUSED:
        visitor.set(field, typed)
        expect(visitor.find(f"#{field}-reason")).to_contain_text(reason)
        expect(visitor.find(f"#{field}")).to_have_attribute("aria-invalid", "true")
        expect(visitor.find(".reason:visible")).to_have_count(1)
        assert config_of(visitor, server) == before
        visitor.set(field, good)
        expect(visitor.find(".reason:visible")).to_have_count(0)
        expect(visitor.find(f"#{field}")).to_have_value(good)
        wait_for(lambda: config_of(visitor, server) != before)  # noqa: B023
        before = config_of(visitor, server)


def test_another_change_takes_a_refused_value_back(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.set("lr", "0")
    expect(visitor.find("#lr-reason")).to_be_visible()
    visitor.find("#zero_grad").uncheck()
    expect(visitor.find("#lr-reason")).to_be_hidden()
    expect(visitor.find("#lr")).to_have_value("0.2")


def test_a_refused_number_of_steps_is_explained(tab: SharedTab) -> None:
    visitor = tab.renew()
    step = 0
    for count in ("0", "1000000000", "ten", ""):
        visitor.run_steps(count)
        expect(visitor.find("#count-reason")).to_contain_text("not allowed")
        visitor.expect_step(step)
        visitor.run_steps(2)
        step += 2
        visitor.expect_step(step)
        expect(visitor.find("#count-reason")).to_be_hidden()


def test_what_is_being_typed_survives_a_change_elsewhere(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.play("20")
    visitor.find("#lr").fill("0.0")
    visitor.page.evaluate("() => document.getElementById('zero_grad').click()")
    expect(visitor.find("#zero_grad")).not_to_be_checked()
    expect(visitor.find("#lr")).to_have_value("0.0")
    visitor.find("#lr").press_sequentially("5")
    visitor.find("#lr").press("Enter")
    expect(visitor.find("#lr")).to_have_value("0.05")
