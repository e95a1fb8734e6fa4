"""The explanation as a reader gets it: from the locked process, through the server, in their language."""

from typing import Any

import httpx
import pytest

from tests.server import Server

CHAIN = """\
import torch
from torch.autograd import Variable
variable = Variable(torch.FloatTensor([2]), requires_grad=True)
v_1 = 3 * variable
v_2 = 4 * v_1
v_2.backward()
"""
CORNER = "import torch\nx = torch.tensor(0., requires_grad=True)\ntorch.relu(x).backward()\n"


def ask(server: Server, body: dict[str, Any], language: str = "en") -> Any:
    server.wait_until("sandbox")
    headers = {"Accept-Language": language}
    answer = httpx.post(f"{server.url}/api/gradients", json=body, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_lessons_chain_is_explained_to_the_last_number(server: Server) -> None:
    told = ask(server, {"program": CHAIN})
    assert [chain["text"] for chain in told["chain"]] == ["4 × 3 = 12"]
    assert [edge["local"] for edge in told["graph"]["edges"] if edge["kind"] == "flow"] == ["3", "4"]
    assert {node["name"]: node["grad"] for node in told["graph"]["nodes"] if node["name"]} == {
        "variable": "12",
        "v_1": "4",
        "v_2": "1",
    }
    (nudge,) = told["nudge"]
    assert (nudge["name"], nudge["autograd"], nudge["finite_difference"]) == ("variable", "12", "12")
    assert nudge["agree"]
    assert [step["event"] for step in told["steps"]].count("node") == 3


@pytest.mark.parametrize(("language", "words"), [("en", "corner"), ("zh", "折角")])
def test_a_corner_is_explained_in_the_readers_language(server: Server, language: str, words: str) -> None:
    (nudge,) = ask(server, {"program": CORNER}, language)["nudge"]
    assert (nudge["state"], nudge["topic"]) == ("disagree", "kink")
    assert words in nudge["explanation"]


def test_a_curve_comes_where_it_is_asked_for(server: Server) -> None:
    (with_curve,) = ask(server, {"program": CHAIN, "curves": True})["nudge"]
    (without,) = ask(server, {"program": CHAIN})["nudge"]
    assert [len(with_curve["curve"]), len(without["curve"])] == [33, 0]
    assert all(y == pytest.approx(12 * x) for x, y in with_curve["curve"])
