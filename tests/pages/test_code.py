"""The code panel: the script of the present settings, and what can be taken along."""

import json
import subprocess
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from app.protocol.events import EventLog
from app.protocol.runs import RunConfig
from app.script.write import write
from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import Visitor
from tests.server import Server, wait_for

PARTS = """() => Object.fromEntries(["keyword", "call", "number"].map((kind) =>
  [kind, [...document.querySelectorAll(`#script .code-${kind}`)].map((part) => part.textContent)]))"""
PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.getElementById("script").dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
}"""


@pytest.fixture
def reader(tab: SharedTab, server: Server) -> Visitor:
    """Someone whose page has a script to show."""
    server.wait_until("sandbox")
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor = tab.renew()
    expect(visitor.find("#script")).to_have_text(script())
    return visitor


def script(**settings: Any) -> str:
    """As the server writes it, which tests/script hold to what it trains."""
    return write(EventLog(RunConfig.model_validate(settings))).script.script


def copied(visitor: Visitor, button: str) -> str:
    visitor.find(f"#{button}").click()
    expect(visitor.find(f"#{button}")).to_have_attribute("data-copied", "")
    text: str = visitor.page.evaluate("() => navigator.clipboard.readText()")
    return text


def test_the_script_is_shown_line_by_line_in_colours(reader: Visitor) -> None:
    assert reader.find("#script").text_content() == script()
    expect(reader.find("#script .line")).to_have_count(len(script().splitlines()))
    parts: dict[str, list[str]] = reader.page.evaluate(PARTS)
    assert {"import", "class", "def", "return", "for", "in"} <= set(parts["keyword"])
    assert {"0.2", "1000"} <= set(parts["number"])
    assert "zero_grad" in parts["call"]


def test_a_changed_control_changes_its_line_of_the_code(reader: Visitor) -> None:
    reader.set("lr", "0.05")
    fresh = reader.find("#script .line[data-fresh]")
    expect(fresh).to_have_text("optimizer = torch.optim.SGD(net.parameters(), lr=0.05)")


def test_the_line_that_runs_next_is_lit_and_the_same_as_among_the_cards(reader: Visitor) -> None:
    lit = reader.find("#script .line[data-lit]")
    expect(lit).to_have_count(0)
    for code in ("loss = loss_func(prediction, y)", "optimizer.zero_grad()", "loss.backward()"):
        reader.page.keyboard.press("l")
        expect(lit).to_have_text(code)
        expect(reader.find(".loop-line[data-next] .line-code code")).to_have_text(code)
    reader.find("#optimizer_step").uncheck()
    expect(reader.find("#script")).to_contain_text("# optimizer.step()")
    expect(lit).to_have_text("loss.backward()")
    reader.page.keyboard.press("l")
    expect(lit).to_have_count(0)
    reader.expect_step(1)


def test_a_pasted_script_sets_the_controls(reader: Visitor) -> None:
    reader.page.evaluate(PASTE, script(optimizer={"lr": 0.05}, max_steps=20))
    expect(reader.find("#lr")).to_have_value("0.05")
    expect(reader.find("#max_steps")).to_have_value("20")
    expect(reader.find("#script-editor")).to_be_hidden()
    expect(reader.find("#script")).to_contain_text("range(20)")


def test_the_script_is_edited_in_place_and_left_with_escape(reader: Visitor) -> None:
    reader.find("#edit-script").click()
    text = reader.find("#script-text")
    expect(text).to_be_focused()
    expect(text).to_have_value(script())
    reader.page.keyboard.type(" r")
    text.press("Escape")
    expect(reader.find("#script")).to_be_focused()
    expect(reader.find("#lr")).to_have_value("0.2")
    reader.find("#edit-script").click()
    text.fill(script().replace("lr=0.2", "lr=0.05"))
    text.press("Control+Enter")
    expect(reader.find("#lr")).to_have_value("0.05")


def test_a_script_that_is_no_run_says_all_reasons_and_runs_in_the_calculator(reader: Visitor) -> None:
    text = script().replace("F.relu(", "F.dropout(").replace("torch.optim.SGD", "torch.optim.Adadelta")
    reader.find("#edit-script").click()
    reader.find("#script-text").fill(text)
    reader.find("#script-editor .button-main").click()
    reason = reader.find("#script-reason")
    expect(reason).to_contain_text("This one calls dropout() as well.")
    expect(reason).to_contain_text("A run has no optimizer Adadelta")
    expect(reader.find("#script-text")).to_have_value(text)
    expect(reader.find("#lr")).to_have_value("0.2")
    reader.find("#script-live a").click()
    expect(reader.find("#program")).to_have_value(text)
    reader.page.go_back()
    reader.find('#reset[aria-disabled="false"]').wait_for()


def test_what_a_run_has_in_another_way_is_noted(reader: Visitor) -> None:
    visitor = reader
    text = script(optimizer={"lr": 0.05}).replace("torch.manual_seed(0)", "")
    visitor.page.evaluate(PASTE, text)
    expect(visitor.find("#lr")).to_have_value("0.05")
    expect(visitor.find("#script-reason")).to_contain_text("No seed is set here")
    visitor.find("#edit-script").click()
    expect(visitor.find("#script-reason")).to_be_hidden()
    visitor.page.keyboard.press("Escape")


def test_the_script_and_a_link_are_copied(reader: Visitor) -> None:
    reader.set("hidden", "16, 8")
    expect(reader.find("#net")).to_have_text("Net(1, 16, 8, 1)")
    assert copied(reader, "copy-script") == reader.find("#script").text_content()
    reader.find("#save summary").click()
    link = copied(reader, "copy-link")
    assert parse_qs(urlsplit(link).query) == {"model.hidden": ["16,8"]}
    reader.find("#save summary").press("Escape")
    expect(reader.find("#copy-link")).to_be_hidden()


def test_the_files_of_the_run_are_a_press_away(reader: Visitor) -> None:
    links = reader.page.evaluate(
        "() => [...document.querySelectorAll('[data-export]')].map((link) => new URL(link.href).pathname)"
    )
    run = f"/api/runs/{reader.run_id()}"
    assert links == [f"{run}/script", f"{run}/notebook", f"{run}/weights", f"{run}/losses.csv"]


def test_the_copied_request_in_python_trains_such_a_run(reader: Visitor) -> None:
    reader.set("max_steps", "12")
    reader.set("stop_loss", "0")
    wait_for(lambda: [reader.state("config")[name] for name in ("max_steps", "stop_loss")] == [12, 0])
    reader.find("#save summary").click()
    program = copied(reader, "copy-python")
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    reader.play()
    reader.status("done")
    loss: Any = reader.state("losses")[-1]
    assert printed.split() == ["step", "12", "loss", str(loss)]


def test_the_copied_curl_holds_what_is_not_the_default(reader: Visitor) -> None:
    reader.set("hidden", "4")
    expect(reader.find("#net")).to_have_text("Net(1, 4, 1)")
    reader.find("#save summary").click()
    command = copied(reader, "copy-curl")
    assert command.startswith(f"curl -s {reader.url}/api/runs --json '")
    assert json.loads(command.split("'")[1]) == {"model": {"hidden": [4]}}
