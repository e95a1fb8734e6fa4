"""Predict, then run: questions about any program, and what torch says to the answers."""

import json
from typing import Any

import httpx
import pytest

from tests.server import Server

PROGRAM = """\
import torch
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor(3.)
for k in range(2):
    (w * x).sum().backward()
    print(k)
print(x.grad)
y = x * w
print("mean", y.mean().item())
y.backward()
print("never")
"""


@pytest.fixture(autouse=True)
def ready(server: Server) -> None:
    server.wait_until("sandbox")


def ask(client: httpx.Client, program: str, language: str = "en") -> list[dict[str, Any]]:
    answer = client.post("/api/questions", json={"program": program}, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    questions: list[dict[str, Any]] = answer.json()["questions"]
    return questions


def mark(
    client: httpx.Client, program: str, answers: dict[str, dict[str, Any]], language: str = "en"
) -> dict[str, dict[str, Any]]:
    """Answers by the question's id; the marks by it."""
    given = [
        {"question": question, "answer": answers[question["id"]]}
        for question in ask(client, program, language)
        if question["id"] in answers
    ]
    sheet = {"program": program, "given": given}
    answer = client.post("/api/answers", json=sheet, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return {one["question"]: one for one in answer.json()["marks"]}


def number(numbers: Any) -> dict[str, Any]:
    return {"kind": "number", "numbers": numbers}


def text(words: str) -> dict[str, Any]:
    return {"kind": "text", "text": words}


NONE, ERROR = {"kind": "none"}, {"kind": "error"}


def test_each_tensors_grad_and_each_print_is_asked_without_running_anything(client: httpx.Client) -> None:
    endless = PROGRAM + "while True: pass\n"
    questions = ask(client, endless)
    assert [(one["id"], one["text"]) for one in questions] == [
        ("grad x", "What is x.grad when the program has run?"),
        ("grad w", "What is w.grad when the program has run?"),
        ("printed 6", "What does line 6 print the last time?"),
        ("printed 7", "What does line 7 print?"),
        ("printed 9", "What does line 9 print?"),
        ("printed 11", "What does line 11 print?"),
    ]
    assert not any(one["text"].isascii() for one in ask(client, PROGRAM, "zh"))


def test_torch_marks_the_answers_and_the_chain_rule_is_the_reason(client: httpx.Client) -> None:
    ends = PROGRAM.partition("y.backward()")[0]
    answers = {
        "grad w": number(0),
        "printed 6": text("1"),
        "printed 7": text("tensor([6., 6.])"),
        "printed 9": text("mean 5"),
    }
    marks = mark(client, ends, answers)
    assert {key: one["right"] for key, one in marks.items()} == {
        "grad w": False, "printed 6": True, "printed 7": True, "printed 9": False,
    }  # fmt: skip
    assert marks["printed 7"]["shown"] == "tensor([6., 6.])\n"
    assert "diag(3, 3)" in marks["printed 7"]["chain"][0]
    assert marks["printed 7"]["chain"][0] in marks["printed 7"]["reason"]
    assert (marks["grad w"]["truth"], marks["grad w"]["shown"]) == (NONE, "None")
    assert "requires_grad=False" in marks["grad w"]["reason"]
    assert marks["printed 9"]["shown"] == "mean 4.5\n"
    chinese = mark(client, ends, answers, "zh")
    assert not chinese["grad w"]["reason"].isascii()


def test_an_error_is_the_answer_to_all_that_comes_after_it(client: httpx.Client) -> None:
    answers = {
        "grad x": ERROR,
        "printed 7": text("[6, 6]"),
        "printed 9": text("mean 4.5"),
        "printed 11": ERROR,
    }
    marks = mark(client, PROGRAM, answers)
    assert [one["right"] for one in marks.values()] == [True, True, True, True]
    assert "grad can be implicitly created only for scalar outputs" in marks["printed 11"]["reason"]
    wrong = mark(client, PROGRAM, {"grad x": number([6, 6]), "printed 11": text("never")})
    assert [one["right"] for one in wrong.values()] == [False, False]


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (number(1 / 3), True),
        (number(0.34), True),
        (number(0.35), False),
        (number([[0.3333]]), True),
        (number([1 / 3, 0]), False),
        (NONE, False),
        (ERROR, False),
    ],
)
def test_a_number_may_be_off_by_a_hundredth(
    client: httpx.Client, answer: dict[str, Any], right: bool
) -> None:
    program = "import torch\nx = torch.tensor([9.], requires_grad=True)\n(2 * x.sqrt()).backward()\n"
    assert mark(client, program, {"grad x": answer})["grad x"]["right"] is right


def test_what_cannot_be_asked_about_asks_nothing_or_how_it_ends(client: httpx.Client) -> None:
    assert ask(client, "x = (") == []
    (end,) = ask(client, "import torch\nassert torch.ones(2).sum() == 3")
    assert (end["about"], end["choices"]) == ("end", ["It runs to its end.", "It stops with an error."])
    answers = {"end": {"kind": "choice", "choice": 1}}
    assert mark(client, "import torch\nassert torch.ones(2).sum() == 3", answers)["end"]["right"]


def test_a_sheet_that_makes_no_sense_breaks_nothing(client: httpx.Client) -> None:
    nested: Any = 1
    for _ in range(500):
        nested = [nested]
    question = {"id": "grad q", "about": "grad", "name": "q", "answers": ["number"]}
    for answer in (number(nested), number([None] * 5000), text("\ud83d" * 0 + "x" * 2000)):
        sheet = {"program": "q = 1", "given": [{"question": question, "answer": answer}]}
        reply = client.post(
            "/api/answers", content=json.dumps(sheet), headers={"Content-Type": "application/json"}
        )
        assert reply.status_code in (200, 400, 422)
        if reply.status_code == 200:
            assert reply.json()["marks"][0]["right"] is None


def test_a_drill_can_be_linked_and_is_answered_by_torch(client: httpx.Client) -> None:
    offers = client.get("/api/drills").json()["drills"]
    assert [one["kind"] for one in offers][:2] == ["chain", "branch"]
    path = "/api/drills/chain?level=2&seed=7"
    made = client.get(path).json()
    assert made == client.get(path).json()
    marks = mark(client, made["program"], {"grad x": number(2)})
    assert (marks["grad x"]["right"], marks["grad x"]["chain"]) == (True, ["1 × 1 × 2 = 2"])
    for wrong in ("/api/drills/nonsense", "/api/drills/chain?level=6", "/api/drills/chain?seed=-1"):
        assert client.get(wrong).status_code == 422
