"""Oracle: the rules Chromium holds after Plotly inserted them itself, on a page without a policy."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.web.pages.plotly_css import global_rules
from tools import browser as installed
from tools.page_files import PLOTLY


def full_bundle() -> Path:
    package = importlib.util.find_spec("plotly")
    assert package
    assert package.origin
    return Path(package.origin).parent / "package_data" / "plotly.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=installed.ensure(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.mark.parametrize("bundle", [PLOTLY, full_bundle()], ids=["basic", "full"])
def test_the_rules_are_those_that_plotly_inserts(browser: Browser, bundle: Path) -> None:
    page = browser.new_page()
    page.set_content("<!doctype html><title>no policy</title>")
    page.add_script_tag(path=bundle)
    inserted = page.evaluate(
        "[...document.getElementById('plotly.js-style-global').sheet.cssRules].map(rule => rule.cssText)"
    )
    ours = page.add_style_tag(content=global_rules(bundle.read_text(encoding="utf-8")))
    written = ours.evaluate("style => [...style.sheet.cssRules].map(rule => rule.cssText)")
    assert len(written) > 50
    assert written == inserted


def test_a_bundle_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="not found"):
        global_rules("console.log(1)")


def test_a_rule_of_another_form_is_refused() -> None:
    tail = """.replace(/^,/," ,").replace(/X/g,".plot").replace(/Y/g,".note")"""
    with pytest.raises(ValueError, match="not a style rule"):
        global_rules('s={"X a":f()};for(k in s)n=k' + tail)
