"""Errors on the calculator page: marked, explained, mended; and the clinic that knows them all."""

import pytest
from playwright.sync_api import expect

from app.web.pages.examples.clinic import CLINIC
from tests.pages.visitor import Visitor


@pytest.fixture
def visitor(calculator: Visitor) -> Visitor:
    return calculator


def test_fix_it_edits_the_program_and_it_runs(visitor: Visitor) -> None:
    visitor.run_program(CLINIC["non-scalar"].program)
    visitor.status("bad")
    wrong = visitor.find("#bench .editor-paint [data-wrong] [data-wrong]")
    assert "".join(wrong.all_inner_texts()) == "y.backward()"
    expect(visitor.node("y")).to_have_attribute("data-broken", "")
    expect(visitor.find(".fix").first.locator("ins")).to_have_text("y.sum().backward()")
    visitor.find(".fix button").first.click()
    visitor.status("done")
    expect(visitor.find(".trouble")).to_have_count(0)
    expect(visitor.card("x")).to_contain_text("tensor([2., 2., 2.])")
    visitor.find("#program").focus()
    visitor.page.keyboard.press("Control+z")
    visitor.status("bad")


def test_the_shapes_an_error_is_about_are_drawn(visitor: Visitor) -> None:
    visitor.run_program(CLINIC["matmul"].program)
    visitor.status("bad")
    expect(visitor.find(".trouble .shape-named")).to_have_text(["[2, 3]", "[2, 3]"])
    assert visitor.find(".trouble .shape-named .cell").count() == 12


def test_the_clinics_programs_open_and_its_search_knows_every_message(visitor: Visitor) -> None:
    visitor.find("#clinic-open").click()
    search = visitor.find("#clinic-search")
    entries = visitor.find("#clinic [data-topic]:not([hidden])")
    expect(entries).to_have_count(len(CLINIC))
    for case in CLINIC.values():
        search.fill(f"Traceback (most recent call last):\n  File ...\nRuntimeError: {case.message}")
        topic = "grad_is_none" if case.topic == "update_makes_non_leaf" else case.topic
        expect(entries.first).to_have_attribute("data-topic", topic)
        expect(visitor.find(".diagnosis .remedy")).to_be_visible()
    search.fill("mat1 and mat2 shapes cannot be multiplied (7x3 and 5x2)")
    expect(visitor.find(".diagnosis")).to_contain_text("Here the first is 7x3 and the second 5x2")
    search.fill("detach() cut")
    expect(entries).to_have_count(1)
    search.fill("the dog ate it")
    expect(visitor.find(".diagnosis")).to_contain_text("No confusion we know")
    search.fill("")
    expect(entries).to_have_count(len(CLINIC))
    visitor.find("#clinic .shelf-item").first.click()
    expect(visitor.find("#clinic")).to_be_hidden()
    visitor.status("bad")
    expect(visitor.find("#program")).to_have_value(next(iter(CLINIC.values())).program.rstrip())


def test_what_is_denied_is_named_and_explained(visitor: Visitor) -> None:
    visitor.run_program("import torch\nopen('/etc/passwd')")
    visitor.status("bad")
    expect(visitor.find(".trouble pre").first).to_contain_text("FileNotFoundError")
    expect(visitor.find(".trouble").first).to_contain_text("A program has no files here")
