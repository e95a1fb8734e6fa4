"""Pictures of every state of all pages, at every size, in every language.

    python -m docs.screenshots [folder]

They go to build/screenshots unless a folder is named; those the README shows also to docs/images.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from app.web.pages.examples.gallery import GALLERY
from tests.pages.conftest import QUIET
from tests.pages.visitor import DESKTOP, PHONE, Visitor, open_window, tab_of
from tests.server import Server, running_server, wait_for
from tools import browser as chromium

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
README_IMAGES = {
    "training-playing-laptop-en": "training",
    "compare-rates-laptop-en": "compare",
    "calculator-ready-laptop-en": "calculator",
}

SIZES: dict[str, dict[str, Any]] = {
    "laptop": {"viewport": DESKTOP, "device_scale_factor": 1.5},
    "projector": {"viewport": {"width": 1920, "height": 1080}},
    "phone": {"viewport": PHONE, "device_scale_factor": 2, "has_touch": True, "is_mobile": True},
}
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
NOT_SCALAR = """\
import torch

x = torch.tensor([1., 2., 3.], requires_grad=True)
y = 2 * x
print(y)
y.backward()
"""


def training_ready(visitor: Visitor) -> None:
    """As it opens."""
    visitor.open_training()


def training_playing(visitor: Visitor) -> None:
    """The curve on its way."""
    visitor.open_training()
    visitor.play("60")
    wait_for(lambda: len(visitor.state("losses")) >= 100)


def training_classes(visitor: Visitor) -> None:
    """The lesson on classification, trained."""
    visitor.open_training()
    visitor.find("#experiments-open").click()
    visitor.find("[data-experiment=classification]").click()
    visitor.run_steps(100)
    visitor.expect_step(100)


def training_finished(visitor: Visitor) -> None:
    """All steps done."""
    visitor.open_training()
    visitor.play()
    visitor.status("done")


def training_compared(visitor: Visitor) -> None:
    """Earlier runs in the loss chart, in the dark."""
    visitor.open_training()
    for lr in ("0.02", "0.05", "0.5"):
        visitor.set("lr", lr)
        visitor.page.wait_for_function(f"() => document.getElementById('lr').value === '{lr}'")
        visitor.find("#reset").click()
        visitor.expect_step(0)
        visitor.run_steps(300)
        visitor.expect_step(300)
    visitor.find("#theme").click()


def training_past(visitor: Visitor) -> None:
    """Looking back at an earlier step."""
    visitor.open_training()
    visitor.run_steps(300)
    visitor.expect_step(300)
    visitor.find("#scrub").fill("40")
    visitor.expect_step(40)


def training_norms(visitor: Visitor) -> None:
    """Gradient norms of four layers."""
    visitor.open_training("?model.hidden=16,16,16")
    visitor.run_steps(300)
    visitor.expect_step(300)
    visitor.find("label:has(#show-norms)").click()
    visitor.find("#norm-legend li").last.wait_for()


def training_class(visitor: Visitor) -> None:
    """For a projector."""
    training_playing(visitor)
    visitor.find("#play").click()
    visitor.status("still")
    visitor.page.keyboard.press("p")


def training_keys(visitor: Visitor) -> None:
    """The sheet of keyboard shortcuts."""
    visitor.open_training()
    visitor.page.keyboard.press("?")


def training_pasted(visitor: Visitor) -> None:
    """A script that is being edited."""
    visitor.open_training()
    visitor.find("#edit-script").click()


def training_refused(visitor: Visitor) -> None:
    """A learning rate that is not allowed."""
    visitor.open_training()
    visitor.set("lr", "0")
    visitor.find("#lr-reason").wait_for()


def training_diverged(visitor: Visitor) -> None:
    """A learning rate that is too large."""
    visitor.open_training()
    visitor.set("lr", "2")
    visitor.play()
    visitor.status("bad")


def training_shapes(visitor: Visitor) -> None:
    """Every prediction compared with every y."""
    visitor.open_training("?data.unsqueeze_y=false")
    visitor.run_steps(300)
    visitor.expect_step(300)
    visitor.find("#trouble").wait_for()


def training_experiments(visitor: Visitor) -> None:
    """Settings on offer."""
    visitor.open_training()
    visitor.find("#experiments-open").click()


def training_lines(visitor: Visitor) -> None:
    """One step, line by line, for a class."""
    visitor.open_training()
    visitor.page.keyboard.press("p")
    for line in ("forward", "loss", "zero_grad", "backward"):
        visitor.page.keyboard.press("l")
        visitor.find(f'[data-line="{line}"][data-stand="ran"]').wait_for()


def compare_lines(visitor: Visitor) -> None:
    """With and without zero_grad()."""
    visitor.open_comparison()
    visitor.run_steps(300)
    visitor.expect_step(300)


def compare_rates(visitor: Visitor) -> None:
    """Learning rates, one of them too large."""
    visitor.open_comparison("?optimizer.lr=0.002&optimizer.lr=0.02&optimizer.lr=0.2&optimizer.lr=2")
    visitor.run_steps(300)
    visitor.expect_step(300)


def compare_class(visitor: Visitor) -> None:
    """Eight models, for a projector."""
    visitor.open_comparison("?" + "&".join(f"model.hidden={n}" for n in (1, 2, 3, 4, 6, 10, 20, 64)))
    visitor.run_steps(300)
    visitor.expect_step(300)
    visitor.page.keyboard.press("p")


def compare_own(visitor: Visitor) -> None:
    """A comparison of one's own, in the dark."""
    visitor.open_comparison("?model.activation=ReLU&model.activation=Tanh&model.activation=Sigmoid")
    visitor.find("#own-comparison summary").click()
    visitor.run_steps(300)
    visitor.expect_step(300)
    visitor.find("#theme").click()


def calculator_ready(visitor: Visitor) -> None:
    """As it opens: the lesson's chain."""
    visitor.open_calculator()


def calculator_built(visitor: Visitor) -> None:
    """The chain builder."""
    visitor.open_calculator()
    visitor.find("#build").click()


def calculator_class(visitor: Visitor) -> None:
    """For a projector."""
    visitor.open_calculator()
    visitor.page.keyboard.press("p")


def calculator_keys(visitor: Visitor) -> None:
    """The sheet of keyboard shortcuts."""
    visitor.open_calculator()
    visitor.page.keyboard.press("?")


def calculator_added(visitor: Visitor) -> None:
    """A gradient that accumulates, in the middle of the playback."""
    visitor.open_calculator()
    visitor.run_program(GALLERY["accumulation"].program)
    visitor.status("done")
    visitor.find("#bench .player input").fill("14")


def calculator_playing(visitor: Visitor) -> None:
    """A gradient on its way back."""
    visitor.open_calculator()
    visitor.find("#bench .player input").fill("7")
    visitor.find("#bench .player select").select_option("0.5")
    visitor.find("#bench [data-play=on]").click()
    visitor.find("#graph .traveller").wait_for()


def calculator_compared(visitor: Visitor) -> None:
    """The square, and the product with a copy, in the dark."""
    visitor.open_calculator()
    visitor.find("#gallery-open").click()
    visitor.find("#gallery [data-beside]").first.click()
    visitor.find("#bench-b .card").first.wait_for()
    visitor.find("#theme").click()


def calculator_weighted(visitor: Visitor) -> None:
    """Several outputs and their weights."""
    visitor.open_calculator()
    visitor.run_program(GALLERY["weights"].program)
    visitor.status("done")


def calculator_net(visitor: Visitor) -> None:
    """The lesson's network: a large graph, and checks of many numbers."""
    visitor.open_calculator()
    visitor.run_program(GALLERY["net"].program)
    visitor.status("done")


def calculator_gallery(visitor: Visitor) -> None:
    """The examples."""
    visitor.open_calculator()
    visitor.find("#gallery-open").click()


def calculator_clinic(visitor: Visitor) -> None:
    """The error clinic."""
    visitor.open_calculator()
    visitor.find("#clinic-open").click()


def calculator_stopped(visitor: Visitor) -> None:
    """A program with an error."""
    visitor.open_calculator()
    visitor.run_program(NOT_SCALAR)
    visitor.status("bad")


STATES: dict[str, Callable[[Visitor], None]] = {
    "training-ready": training_ready,
    "training-playing": training_playing,
    "training-finished": training_finished,
    "training-classes": training_classes,
    "training-compared": training_compared,
    "training-past": training_past,
    "training-norms": training_norms,
    "training-class": training_class,
    "training-keys": training_keys,
    "training-pasted": training_pasted,
    "training-refused": training_refused,
    "training-diverged": training_diverged,
    "training-shapes": training_shapes,
    "training-experiments": training_experiments,
    "training-lines": training_lines,
    "compare-lines": compare_lines,
    "compare-rates": compare_rates,
    "compare-class": compare_class,
    "compare-own": compare_own,
    "calculator-ready": calculator_ready,
    "calculator-built": calculator_built,
    "calculator-class": calculator_class,
    "calculator-keys": calculator_keys,
    "calculator-added": calculator_added,
    "calculator-playing": calculator_playing,
    "calculator-compared": calculator_compared,
    "calculator-weighted": calculator_weighted,
    "calculator-net": calculator_net,
    "calculator-gallery": calculator_gallery,
    "calculator-clinic": calculator_clinic,
    "calculator-stopped": calculator_stopped,
}


def pictures(browser: Browser, server: Server, folder: Path) -> Iterator[Path]:
    """Makes one picture after the other, each in a tab of its own."""
    for size, options in SIZES.items():
        for language, locale in LANGUAGES.items():
            for state, reach in STATES.items():
                path = folder / f"{state}-{size}-{language}.png"
                with (
                    open_window(browser, locale=locale, **options) as window,
                    tab_of(window.new_page(), server.url) as visitor,
                ):
                    reach(visitor)
                    visitor.page.mouse.move(0, 0)
                    visitor.page.evaluate("() => scrollTo(0, 0)")
                    visitor.page.screenshot(path=path, full_page=size == "phone")
                yield path


def main(folder: Path) -> None:
    """All pictures, from a server of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as temporary,
        running_server(Path(temporary) / "log", PLAYGROUND_RATE_LIMIT="0") as server,
        sync_playwright() as playwright,
    ):
        server.wait_until("engine", "sandbox")
        browser = playwright.chromium.launch(executable_path=str(chromium.ensure()), args=list(QUIET))
        for path in pictures(browser, server, folder):
            print(path)  # noqa: T201
            if path.stem in README_IMAGES:
                shutil.copy(path, IMAGES / f"{README_IMAGES[path.stem]}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "screenshots")
