"""Programs do here what they do in plain Python and torch: the corpus, what people post, and random ones.

Whatever they do is explained.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from app.calculator.program.read import RefusedAt, TextError, read
from app.protocol.gradients import Derivation
from tests.calculator.explain.told import assert_of_one_piece
from tests.calculator.grammar import programs
from tests.calculator.oracle import assert_same, corpus, run_both

CORPUS = corpus()
SEEDS = "import random, numpy, torch; random.seed(0); numpy.random.seed(0); torch.manual_seed(0)\n"
"""In front of each that was posted, on both sides: many were without a seed."""
CASES = {path.name: path for path in sorted((Path(__file__).parents[1] / "data" / "cases").glob("*/*.py"))}
"""Programs and training scripts as people post them."""
SHORTER = {
    "01-tutorial-polynomial-autograd.py": ("range(2000)", "range(200)"),
    "03-tutorial-polynomial-module.py": ("range(2000)", "range(200)"),
    "07-numpy-columns-and-save.py": ("num_epochs = 60", "num_epochs = 25"),
    "11-four-optimizers-dataloader.py": ("EPOCH = 12", "EPOCH = 1"),
    "13-dropout-against-overfitting.py": ("range(500)", "range(31)"),
    "15-random-x-sigmoid.py": ("iters = 10000", "iters = 301"),
    "17-workflow-nn-parameter.py": ("epochs = 100", "epochs = 31"),
    "19-thermometer-sequential.py": ("n_epochs=5000", "n_epochs=1000"),
    "21-step-by-step-book.py": ("n_epochs = 1000", "n_epochs = 200"),
    "23-numpy-sine-device.py": ("epochs = 1000", "epochs = 101"),
    "25-sine-two-hidden-layers.py": ("range(1500)", "range(100)"),
    "27-scheduler-weight-decay.py": ("range(300)", "range(101)"),
    "29-cosine-scheduler-epochs.py": ("epochs = 400", "epochs = 101"),
    "33-two-layers-by-hand.py": ("range(500)", "range(101)"),
    "35-loss-function-of-ones-own.py": ("range(1, 3001)", "range(1, 501)"),
    "37-module-list.py": ("range(500)", "range(101)"),
    "39-apply-init-weights.py": ("range(400)", "range(101)"),
    "41-random-batch-indices.py": ("range(2000)", "range(201)"),
    "43-dataloader-plain.py": ("num_epochs = 50", "num_epochs = 10"),
    "45-stop-early.py": ("range(1000)", "range(200)"),
    "47-lbfgs-closure.py": ("range(50)", "range(8)"),
    "49-korean-hypothesis-cost.py": ("nb_epochs = 1000", "nb_epochs = 200"),
    "53-validation-each-epoch.py": ("range(200)", "range(60)"),
    "55-arange-points.py": ("range(1000)", "range(200)"),
    "57-numpy-lesson-parabola.py": ("range(200)", "range(50)"),
    "63-model-train-and-print-every-100.py": ("epochs = 1000", "epochs = 201"),
    "73-column-minus-vector.py": ("range(200)", "range(60)"),
}
"""Those that train for seconds, and what is changed so that they do not."""
UNEXPLAINED = "27-vmap-jacrev-slice.py"
"""Its tensors cannot be looked at any more when it has ended."""
LONG = settings.get_current_profile_name() == "long"


def assert_told(program: str, product: dict[str, Any], explained: bool = True) -> None:
    """It is explained if it can be read, and without an import, which the locked process could not do."""
    imported = product.pop("imported")
    assert imported == [], "warm_up must have imported it"
    derivation = Derivation.model_validate(product)
    try:
        read(program)
    except (TextError, RefusedAt):
        explained = False
    if explained:
        assert_of_one_piece(derivation)
    else:
        assert derivation.graph is None


@pytest.mark.parametrize("name", CORPUS)
def test_a_program_of_the_corpus_does_the_same(name: str) -> None:
    product, plain = run_both(CORPUS[name])
    assert_same(CORPUS[name], product, plain)
    assert_told(CORPUS[name], product)


@pytest.mark.parametrize("name", CASES)
def test_a_posted_program_does_the_same(name: str) -> None:
    posted = CASES[name].read_text(encoding="utf-8")
    many, fewer = SHORTER.get(name, ("", ""))
    assert many in posted
    program = SEEDS + posted.replace(many, fewer)
    product, plain = run_both(program)
    ours, theirs = product["error"] or {}, plain["error"] or {}
    assert product["printed"] == plain["printed"]
    assert [ours.get(key) for key in ("type", "message", "line")] == [
        theirs.get(key) for key in ("type", "message", "line")
    ]
    assert_told(program, product, name != UNEXPLAINED)


@settings(
    max_examples=5000 if LONG else 150,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(program=programs())
def test_a_random_program_does_the_same(program: str) -> None:
    product, plain = run_both(program)
    assert_same(program, product, plain)
    assert_told(program, product)
