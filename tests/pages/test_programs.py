"""Programs on the calculator page: built, compared, linked, taken along."""

import base64
import json
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.web.pages.examples.gallery import GALLERY
from tests.pages.conftest import Visit
from tests.pages.visitor import PHONE, Visitor

READ = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def visitor(calculator: Visitor) -> Visitor:
    return calculator


def fragment(program: str) -> str:
    deflated = zlib.compressobj(wbits=-15)
    packed = deflated.compress(program.encode()) + deflated.flush()
    return f"#code={base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def test_a_chain_is_built_without_typing_code(visitor: Visitor) -> None:
    visitor.find("#build").click()
    builder = visitor.find("#builder")
    builder.get_by_label("value of variable").fill("5")
    expect(visitor.card("variable")).to_contain_text("5.")
    builder.get_by_label("name of the leaf").fill("w")
    builder.get_by_label("name of the leaf").press("Enter")
    builder.get_by_role("button", name="another operation").click()
    expect(visitor.card("w")).to_contain_text("24.")
    builder.get_by_label("operation of v_3").select_option("exp")
    builder.get_by_label("number or name").last.fill("w")
    builder.get_by_label("gradient").fill("2")
    expect(visitor.node("v_3").locator(".node-label")).to_have_text("ExpBackward0")
    expect(visitor.card("w")).to_contain_text("296.8263")
    program = visitor.find("#program").input_value()
    assert "v_3 = torch.exp(w)\nv_3.backward(gradient=torch.tensor(2.))" in program
    builder.get_by_role("checkbox").uncheck()
    visitor.status("bad")


def test_the_square_and_the_copy_stand_side_by_side(visitor: Visitor) -> None:
    visitor.open_calculator()
    visitor.find("#gallery-open").click()
    visitor.find("#gallery").get_by_text(GALLERY["square"].title).click()
    second = visitor.find("#bench-b")
    expect(visitor.find("#printed")).to_have_text("tensor(6.)\n")
    expect(second.locator(".printed")).to_have_text("tensor(3.)\n")
    expect(visitor.find("#graph .edge-flow")).to_have_count(2)
    expect(second.locator(".graph .edge-flow")).to_have_count(1)
    expect(second.locator(".graph .edge-cut .edge-local")).to_have_text("detach()")
    tops = [visitor.find(f"{bench} .graph-panel").bounding_box() for bench in ("#bench", "#bench-b")]
    assert len({place["y"] for place in tops if place}) == 1
    assert visitor.status("done") == "Done."
    # Any two programs: the second is edited and run for itself, and both come back with the page.
    second.locator("textarea").fill("print('other')")
    expect(second.locator(".printed")).to_have_text("other\n")
    second.locator("textarea").fill("nobody")
    assert visitor.status("bad") == "Left: Done. Right: The program stopped at line 1"
    second.locator("textarea").fill("print('other')")
    visitor.status("done")
    visitor.page.reload()
    expect(second.locator(".printed")).to_have_text("other\n")
    expect(visitor.find("#printed")).to_have_text("tensor(6.)\n")
    visitor.find("#compare").click()
    expect(second).to_be_hidden()


def test_a_link_carries_the_programs_and_an_edit_leaves_it(visit: Visit) -> None:
    program = "import torch\nprint('梯度')"
    with visit(permissions=READ) as visitor:
        visitor.open_calculator(fragment(program))
        expect(visitor.find("#program")).to_have_value(program)
        assert visitor.find("#printed").text_content() == "梯度\n"
        visitor.find("#compare").click()
        visitor.find("#bench-b textarea").fill("print(2)")
        expect(visitor.find("#bench-b .printed")).to_have_text("2\n")
        visitor.status("done")
        assert visitor.page.evaluate("() => location.hash") == ""
        visitor.find("#share summary").click()
        visitor.find("[data-share=link]").click()
        expect(visitor.find("#status-text")).to_have_text("Copied.")
        link = visitor.page.evaluate("() => navigator.clipboard.readText()")
        assert link == visitor.page.evaluate("() => location.href")
        visitor.find("#share summary").click()
        visitor.find("[data-share=curl]").click()
        expect(visitor.find("#status-text")).to_have_text("Copied.")
        # Of two programs, the one that was last worked at.
        request = visitor.page.evaluate("() => navigator.clipboard.readText()")
        assert request == f'curl -s {visitor.url}/api/gradients --json \'{{"program":"print(2)"}}\'\n'
    with visit() as visitor:
        visitor.page.goto(link)
        expect(visitor.find("#program")).to_have_value(program)
        expect(visitor.find("#bench-b .printed")).to_have_text("2\n")


def test_the_python_request_runs_as_it_is_copied(visitor: Visitor) -> None:
    visitor.page.context.grant_permissions(READ)
    visitor.run_program('import torch\nprint("""a\\\\b\'""")')
    visitor.status("done")
    visitor.find("#share summary").click()
    visitor.find("[data-share=python]").click()
    expect(visitor.find("#status-text")).to_have_text("Copied.")
    request = visitor.page.evaluate("() => navigator.clipboard.readText()")
    start = request.index("program = ")
    names: dict[str, str] = {}
    exec(request[start : request.index("\nrequest = ")], names)
    assert names["program"] == 'import torch\nprint("""a\\\\b\'""")'
    assert json.dumps({"program": names["program"]})


def test_the_graph_is_saved_as_svg_and_png(visitor: Visitor, tmp_path: Path) -> None:
    for kind, magic in {"svg": b"<svg ", "png": b"\x89PNG"}.items():
        visitor.find("#share summary").click()
        with visitor.page.expect_download() as download:
            visitor.find(f"[data-share={kind}]").click()
        assert download.value.suggested_filename == f"graph.{kind}"
        path = tmp_path / kind
        download.value.save_as(path)
        assert path.read_bytes().startswith(magic)
    drawn = (tmp_path / "svg").read_text()
    assert "MulBackward0" in drawn
    assert "var(--" not in drawn
    assert "rgb(" in drawn


def test_everything_is_there_on_a_phone(visit: Visit) -> None:
    with visit(viewport=PHONE, has_touch=True, is_mobile=True) as visitor:
        visitor.open_calculator()
        for place in ("#graph", "#bench .player", "#bench .formula", "#bench .card", "#bench .check"):
            expect(visitor.find(place).first).to_be_visible()
        visitor.find("#gallery-open").tap()
        visitor.find("#gallery").get_by_text(GALLERY["weights"].title).tap()
        visitor.status("done")
        for opened in ("#build", "#compare"):
            visitor.find(opened).tap()
            assert visitor.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
