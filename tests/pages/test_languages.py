"""Both pages in both languages."""

import re

from playwright.sync_api import expect

from app.protocol.options import Setting, run_settings
from tests.pages.conftest import Visit
from tests.pages.visitor import Visitor
from tests.server import wait_for

CUT = (
    "import torch\nx = torch.tensor([3., 1.], requires_grad=True)\ny = x * x.detach()\n"
    "y.backward(torch.ones(2))"
)
TEXTS = """() => {
  const code = "script, style, noscript, code, pre, textarea, .languages, .editor, .explanation, " +
    "svg, math, option";
  const texts = [document.title];
  for (const element of document.querySelectorAll("body *")) {
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      texts.push(element.getAttribute(name) ?? "");
    }
    if (element.closest(code)) continue;
    for (const node of element.childNodes) if (node instanceof Text) texts.push(node.data);
  }
  return texts.map((text) => text.trim()).filter(Boolean);
}"""
"""Every text of the page, seen or only heard, but for code and explanations, which quote it."""


def settings_names() -> set[str]:
    """What settings are called and what they can be chosen to be: torch's own names."""
    settings, kinds = run_settings()
    named = [settings, *(own for records in kinds.values() for own in records.values())]
    every: list[tuple[str, Setting]] = [item for group in named for item in group.items()]
    choices = {choice for _, setting in every for choice in setting.choices or ()}
    return {path.rpartition(".")[2] for path, _ in every} | choices


NAMES = {
    *("Autograd", "Playground", "PyTorch", "Python", "torch", "JavaScript"),
    *("Esc", "Tab", "Ctrl", "Enter", "R", "C"),
    *settings_names(),
    *("torch.nn", "torch.nn.Linear", "torch.optim", "torch.manual_seed", "optimizer.step"),
    *("torch.nn.init", "torch.optim.lr_scheduler", "torch.randperm", "manual_seed", "n_hidden", "loss_func"),
    *("optimizer", "scheduler", "P", "Shift", "curl", "Nesterov", "torch.linspace"),
    *("parameter", "parameter.grad", "torch.optim.SGD"),
    *("Page", "Up", "Down", "PgUp", "PgDn", "Del"),
    *("forward", "loss", "zero_grad", "backward", "step", "optimizer.zero_grad", "lr", "max_steps"),
    *("requires_grad", "retain_grad", "print", "None", "False", "True", "net", "grad", "x", "y"),
    *("variable.grad", "tensor"),
    *("hidden", "predict", "hidden.weight", "hidden.bias", "predict.weight", "predict.bias", ".grad", "ŷ"),
    *("prediction", "torch.no_grad", "data", "L", "w"),
    *("variable.grad", "tensor", "float64", "unsqueeze", "create_graph", "class", "Net", "curl"),
    *("variable", "v_1", "v_2", "u1", "u2", "f", "h", "x.grad", "u1.grad"),  # what the programs call things
    *("AccumulateGrad", "MulBackward0", "ExpBackward0"),
    *("Long", "Float", "n", "x1", "x2", "torch.nn.Dropout"),
}
"""What stays as it is in every language: names, keys, and PyTorch's own words."""


CALL = re.compile(r"[\w.]+\((?:[^()]|\([^()]*\))*\)")
IN_FORMULAS = {"L", "out", "gradient"}


def english(text: str) -> list[str]:
    text = CALL.sub("", text)  # code, such as out.sum().backward()
    return [
        word
        for word in re.findall(r"(?<!\d)[A-Za-z][A-Za-z0-9_.]*", text)
        if word.rstrip(".") not in NAMES | IN_FORMULAS
    ]


def expect_no_english(visitor: Visitor) -> None:
    texts = visitor.page.evaluate(TEXTS)
    assert len(texts) > 25
    assert {text: english(text) for text in texts if english(text)} == {}


def test_the_browsers_language_is_the_pages_and_its_charts(visit: Visit) -> None:
    with visit(locale="zh-TW") as visitor:
        visitor.page.goto(visitor.url)
        expect(visitor.find("html")).to_have_attribute("lang", "zh")
    for locale, lang, play, step, loss in [
        ("zh-CN", "zh", "播放", "步数", "损失"),
        ("de-DE", "en", "Play", "step", "loss"),
    ]:
        with visit(locale=locale) as visitor:
            visitor.open_training()
            expect(visitor.find("html")).to_have_attribute("lang", lang)
            expect(visitor.find("#play .when-still")).to_have_text(play)
            axes = {"#fit .xtitle": "x", "#fit .ytitle": "y", ".scrubber label": step, "#loss .ytitle": loss}
            for axis, name in axes.items():
                expect(visitor.find(axis)).to_have_text(name)


def test_switching_the_language_keeps_the_run(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.run_steps(12)
    visitor.expect_step(12)
    run, losses = visitor.run_id(), visitor.state("losses")
    visitor.page.get_by_role("link", name="中文").click()
    expect(visitor.find("html")).to_have_attribute("lang", "zh")
    visitor.expect_step(12)
    assert visitor.run_id() == run
    wait_for(lambda: visitor.state("losses") == losses)
    visitor.find("#step").click()
    visitor.expect_step(13)
    visitor.page.get_by_role("link", name="梯度计算器").click()
    expect(visitor.find("html")).to_have_attribute("lang", "zh")


def test_switching_the_language_keeps_the_program(visitor: Visitor) -> None:
    visitor.open_calculator()
    visitor.find("#program").fill("x = 1")
    visitor.page.get_by_role("link", name="中文").click()
    expect(visitor.find("html")).to_have_attribute("lang", "zh")
    expect(visitor.find("#program")).to_have_value("x = 1")


def test_no_english_is_left_on_the_chinese_training_page(visit: Visit) -> None:
    with visit(locale="zh-CN") as visitor:
        visitor.open_training()
        expect_no_english(visitor)
        visitor.look_at("network")
        visitor.find("#show-gradients").check()
        for _ in range(5):
            visitor.page.keyboard.press("l")
        visitor.expect_step(1)
        visitor.find("#network .scene").wait_for()
        expect_no_english(visitor)
        visitor.run_steps(4)
        visitor.expect_step(5)
        for field, value in {"seed": "-1", "hidden": "100", "lr": "0", "max_steps": "0"}.items():
            visitor.set(field, value)
            expect(visitor.find(f"#{field}-reason")).to_be_visible()
            expect_no_english(visitor)
        visitor.set("max_steps", "5")
        visitor.status("done")
        expect_no_english(visitor)
        visitor.set("max_steps", "1000")
        visitor.set("lr", "500")
        visitor.play()
        visitor.status("bad")
        expect_no_english(visitor)


def test_no_english_is_left_on_the_chinese_calculator_page(visit: Visit) -> None:
    with visit(locale="zh-CN") as visitor:
        visitor.open_calculator()
        expect_no_english(visitor)
        visitor.run_program()
        visitor.status("done")
        expect_no_english(visitor)
        visitor.run_program("import torch\ntorch.ones(2, requires_grad=True).exp().backward()")
        visitor.status("bad")
        expect(visitor.find(".trouble .explanation")).to_contain_text("梯度")
        expect_no_english(visitor)
        visitor.find("#build").click()
        visitor.find("#compare").click()
        visitor.status("bad")
        visitor.run_program(CUT)
        visitor.find('#bench .check[data-state="disagree"]').wait_for()
        for step in range(8):
            visitor.find("#bench .player input").fill(str(step))
            expect_no_english(visitor)
