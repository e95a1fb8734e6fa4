import subprocess
import sys

import pytest

from app.engine.reports import Refusal
from app.errors import Conflict, Invalid, NotFound, PlaygroundError, TooMany, Unavailable


@pytest.mark.parametrize(
    "error",
    [
        Invalid("optimizer.lr", "{lr} is too much", lr=3.5),
        NotFound("no {what}", what="run"),
        Conflict("not now"),
        TooMany(60.0, "at most {n}", n=3),
        Unavailable(2.0, "busy"),
    ],
)
def test_a_refusal_arrives_as_the_error_it_was(error: PlaygroundError) -> None:
    arrived = Refusal.model_validate_json(Refusal.of(error).model_dump_json()).exception()
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)


def test_the_client_does_not_import_torch() -> None:
    program = "import sys, app.engine.client.local; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
