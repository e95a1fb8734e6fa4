r"""Every hostile or broken program of tests/data/*attacks.jsonl, sent to the server as anyone could.

A row's `expect` begins with one of the texts in EXPECTATIONS. Whatever it asks for, nothing leaks, the
server goes on and the next person's program sees nothing of it.
"""

import json
import re
from collections.abc import Callable, Mapping

import httpx
import pytest

from app.protocol.gradients import Derivation, ProgramError
from tests.sandbox.attacks import Attack, attacks
from tests.server import Server

CONFIDENTIAL = re.compile(
    r"site-packages|Traceback|/(root|home|usr|etc|tmp)\b|0x[0-9a-f]{6}|root:|canary\b.*PWNED"
)
TOO_MUCH = re.compile(r"memory|too large|too long|truncated|not available|no attribute", re.IGNORECASE)
NON_LEAF = "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed."
DEFAULTS = "torch.float32 True 1\n"
PROBE = "print(torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads())"

HARMLESS: Mapping[str, str] = {
    "attribute-09": "torch.Size([1000000])\n",
    "crash-11": "",
    "crash-18": "",
    "crash-27": "tensor([nan, nan, nan,",
    "crash-29": "tensor([0., 0., 0.,",
    "format-string-28": "{{{}}}\n",
    "huge-literal-14": "1111",
    "import-ok-aliases": "tensor([0., 1.]) True\n",
    "output-flood-05": "[0.0, 0.0,",
    "output-flood-06": "0 1 2 3",
    "recursion-08": "[[...]]\nTrue\n",
    "syntax-01": "",
    "syntax-03": "",
    "syntax-04": "",
    "syntax-05": "",
    "syntax-19": "1\n",
    "syntax-65": "<script>alert(document.domain)</script>\n",
    "torch-specific-14": "torch.float64\n",
    "torch-specific-18": "",
    "torch-specific-32": DEFAULTS,
    "torch-specific-39": "[1. 1.]\n",
    "torch-specific-40": "[1.0, 1.0] 3.0\n",
    "torch-specific-41": "grad tensor([1.])\n",
    "torch-specific-45": "tensor([2.])\n",
    "torch-specific-47": "",
    "torch-specific-57": "None\n",
    "torch-specific-63": "tensor(inf)\n",
    "torch-specific-65": "tensor([inf, -inf, nan]) tensor(nan) tensor(nan)\n",
    "torch-specific-66": "tensor(inf) tensor(-0.) tensor(9.9999e-321, dtype=torch.float64)\n",
    "torch-specific-67": "tensor(inf) tensor(nan)\n",
    "torch-specific-80": "tensor([])\n",
    "torch-specific-84": "tensor([2., 2., 2.])\n",
    "type-35": "",
    "unicode-04": "a\\u202egnp.exe\n",
    "unicode-13": "1\n",
    "unicode-16": "\\ud800\n",
    "unicode-25": "\\x1b[2J\\x1b[31mred\\x07\n",
    "unicode-27": "line\\u2028sep \\x85 nel\n",
    "unicode-29": "Z\u0351",
    "unicode-31": "\U0001f600\U0001f600",
    "unicode-33": "\\u202etxt\n",
    "unicode-34": "1\n",
    "unicode-40": "1\n",
}
"""What the rows that are no error print, or how that begins: as plain Python and torch do, except that
characters that act on the screen are shown and torch.empty() is filled."""


def is_rejected(result: Derivation, _: Attack) -> None:
    assert result.error is not None
    assert result.error.line is not None
    assert not result.printed


def runs_as_in_torch(result: Derivation, attack: Attack) -> None:
    assert result.error is None
    expected = HARMLESS.get(attack.id, attack.prints)
    assert expected is not None
    assert result.printed.startswith(expected)


def is_an_error(result: Derivation, attack: Attack) -> None:
    if attack.id in HARMLESS:
        runs_as_in_torch(result, attack)
        return
    assert result.error is not None
    assert result.error.message


def is_an_error_with_a_line(result: Derivation, attack: Attack) -> None:
    is_an_error(result, attack)
    assert result.error is None or result.error.line is not None


def is_too_much(result: Derivation, attack: Attack) -> None:
    is_an_error_with_a_line(result, attack)
    assert result.error is None or TOO_MUCH.search(result.error.message)


def is_cut(result: Derivation, _: Attack) -> None:
    assert result.truncated or result.error is not None
    assert len(result.printed) <= 64 * 1024


def warns(result: Derivation, attack: Attack) -> None:
    runs_as_in_torch(result, attack)
    assert any(warning.message.startswith(NON_LEAF) for warning in result.warnings)


EXPECTATIONS: Mapping[str, Callable[[Derivation, Attack], None]] = {
    "rejected with a clear error naming the line, nothing run": is_rejected,
    "rejected: raw addresses are not shown": is_rejected,
    "rejected, or allowed but the next user's run sees torch defaults": is_an_error_with_a_line,
    "parse rejected": is_rejected,
    "runs and matches plain torch output exactly": runs_as_in_torch,
    "works or clear 'not supported'": runs_as_in_torch,
    "works as in plain torch or clear 'not supported'": runs_as_in_torch,
    "works as plain text or clear 'not supported' error": runs_as_in_torch,
    "hook runs under the same limits, or clear 'not supported'": runs_as_in_torch,
    "leak probe: prints float32 True and the configured thread count whatever ran before": runs_as_in_torch,
    "uninitialised memory of other users is never shown": runs_as_in_torch,
    "torch's UserWarning about .grad of a non-leaf is shown, result None": warns,
    "clear error, server alive": is_an_error_with_a_line,
    "clear error or runs": is_an_error_with_a_line,
    "clear error or correct result; NFKC-normalised names re-checked": is_an_error_with_a_line,
    "clear SyntaxError": is_an_error_with_a_line,
    "IndentationError 'too many levels' or runs": is_an_error_with_a_line,
    "Python/torch's own error text with the line number": is_an_error_with_a_line,
    "torch's own error text shown with the line": is_an_error_with_a_line,
    "RecursionError or step-limit text with the line": is_an_error_with_a_line,
    "clear out-of-memory error": is_too_much,
    "stopped by step/CPU limit with 'took too long' message": is_too_much,
    "output cut at cap with a visible 'output truncated' note": is_cut,
    "worker may die, user sees 'the program crashed the worker'": is_an_error,
}


@pytest.fixture(autouse=True)
def ready(server: Server) -> None:
    server.wait_until("sandbox")


def derive(client: httpx.Client, program: str) -> Derivation:
    """What the server answers; a program that is no text (lone surrogates) is a refused request."""
    body = json.dumps({"program": program})
    answer = client.post("/api/gradients", content=body, headers={"Content-Type": "application/json"})
    if answer.status_code == httpx.codes.OK:
        return Derivation.model_validate(answer.json())
    problem = answer.json()
    assert answer.status_code in (400, 422), problem
    error = ProgramError(type="Refused", message=problem["detail"], line=1, column=None)
    return Derivation(printed="", variables=[], truncated=False, error=error)


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.id)
def test_an_attack_does_what_is_expected(client: httpx.Client, attack: Attack) -> None:
    result = derive(client, attack.program)
    (expected,) = {check for text, check in EXPECTATIONS.items() if attack.expect.startswith(text)}
    expected(result, attack)
    assert not CONFIDENTIAL.search(result.model_dump_json())
    following = derive(client, f"import torch  # after {attack.id}\n{PROBE}")
    assert (following.error, following.printed) == (None, DEFAULTS)
