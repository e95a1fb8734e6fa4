"""`POST /api/gradients`, from the request to the locked process and back."""

import asyncio
import gettext

import httpx
import pytest

from app.protocol.gradients import Derivation, ProgramError, ProgramWarning
from app.protocol.topics import TOPICS
from app.web.edge.catalogue import Language
from app.web.edge.explanations import explained, explained_warning
from tests.server import PATIENCE, Server
from tests.web.languages import CHINESE, ENGLISH

CHAIN = """\
import torch
from torch.autograd import Variable
variable = Variable(torch.FloatTensor([1]), requires_grad=True)
test = torch.FloatTensor([2])
v_1 = 3 * variable
v_2 = 4 * v_1
v_2.backward()
print(variable.grad)
"""


@pytest.fixture(autouse=True)
def ready(server: Server) -> None:
    server.wait_until("sandbox")


def derive(client: httpx.Client, program: str, **headers: str) -> httpx.Response:
    return client.post("/api/gradients", json={"program": program}, headers=headers)


def test_the_lessons_chain(client: httpx.Client) -> None:
    derivation = derive(client, CHAIN).json()
    assert derivation["printed"] == "tensor([12.])\n"
    assert derivation["error"] is None
    variables = {variable["name"]: variable for variable in derivation["variables"]}
    assert variables["variable"]["grad"] == "tensor([12.])"
    assert variables["test"]["grad_state"] == "untracked"


def test_an_error_in_the_program_is_a_result_in_torchs_words_and_explained_in_the_readers(
    client: httpx.Client,
) -> None:
    program = "import torch\nx = torch.ones(2, requires_grad=True)\n(3 * x).backward()\n"
    english, chinese = derive(client, program), derive(client, program, **{"Accept-Language": "zh"})
    for answer in (english, chinese):
        assert answer.status_code == 200
        error = answer.json()["error"]
        assert error["type"] == "RuntimeError"
        assert error["message"] == "grad can be implicitly created only for scalar outputs"
        assert error["line"] == 3
        assert error["topic"] == "backward_non_scalar"
    assert "one number" in english.json()["error"]["explanation"]
    assert "out.sum().backward()" in english.json()["error"]["remedy"]
    for text in ("explanation", "remedy"):
        assert not chinese.json()["error"][text].isascii()


def test_a_program_that_never_ends_is_ended_and_others_are_answered(client: httpx.Client) -> None:
    answer = derive(client, "x = 9 ** 9 ** 9\nwhile True:\n    x = 1\n")
    assert answer.status_code == 200
    assert answer.json()["error"] is not None
    assert derive(client, CHAIN).json()["error"] is None


@pytest.mark.parametrize(
    "program", ["", "\n", "\u202e", "print('\\ud800')", "é = 1", "x = '\x07'", "#" * 65536]
)
def test_odd_programs_break_nothing(client: httpx.Client, program: str) -> None:
    answer = derive(client, program)
    assert answer.status_code == 200
    answer.json()


async def test_of_one_browsers_programs_only_the_newest_waits(server: Server) -> None:
    slow = "x = 1\nwhile True:\n    x = x + 1\n"
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE) as browser:
        await browser.get("/calculator")
        programs = (browser.post("/api/gradients", json={"program": slow + "#" * n}) for n in range(3))
        answers = await asyncio.gather(*programs)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409]


def derivation(**error: object) -> Derivation:
    record = ProgramError.model_validate({"type": "E", "message": "m", "line": 1, "column": 1, **error})
    return Derivation(printed="", variables=[], truncated=False, error=record)


LIMIT = "The program took too long: more than {limit:,} steps."


class Translations(gettext.NullTranslations):
    """A catalogue of one text."""

    def gettext(self, message: str) -> str:
        return "超过 {limit:,} 步。" if message == LIMIT else message


def test_our_own_refusals_are_translated() -> None:
    said = derivation(message=LIMIT.format(limit=200_000), template=LIMIT, params={"limit": 200_000})
    english = explained(said, ENGLISH).error
    chinese = explained(said, Language("zh", Translations())).error
    assert english is not None
    assert chinese is not None
    assert english.message == "The program took too long: more than 200,000 steps."
    assert chinese.message == "超过 200,000 步。"


@pytest.mark.parametrize(
    ("template", "params"),
    [
        ("{x.__class__.__mro__}", {"x": 1}),
        ("{x:>999999999}", {"x": 1}),
        (LIMIT, {}),
        (LIMIT, {"limit": "many"}),
        ("", {}),
    ],
)
def test_a_lying_process_cannot_make_us_format_what_it_likes(
    template: str, params: dict[str, object]
) -> None:
    said = derivation(message="as it said", template=template, params=params)
    for language in (ENGLISH, CHINESE, Language("zh", Translations())):
        error = explained(said, language).error
        assert error is not None
        assert error.message == "as it said"


@pytest.mark.parametrize(("topic", "params"), [("no such topic", {}), ("gradient_shape", {}), ("", {"x": 1})])
def test_a_topic_that_cannot_be_told_breaks_nothing(topic: str, params: dict[str, object]) -> None:
    error = explained(derivation(topic=topic, params=params, message="hm"), CHINESE).error
    assert error is not None
    assert (error.message, error.explanation, error.remedy) == ("hm", None, None)


def test_warnings_are_explained_too() -> None:
    warning = ProgramWarning(message="something", line=2)
    key, texts = next(
        (key, topic) for key, topic in TOPICS.items() if "{" not in topic.explanation + topic.remedy
    )
    told_ = explained_warning(warning.model_copy(update={"topic": key}), ENGLISH)
    assert (told_.explanation, told_.remedy) == (texts.explanation, texts.remedy)
