"""Every program of the corpus does here what it does in plain Python and torch."""

from typing import Any

import pytest

from tests.calculator.oracle import assert_same, corpus, run_both

CORPUS = corpus()


@pytest.fixture(scope="module")
def results() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    return dict(zip(CORPUS, run_both(list(CORPUS.values())), strict=True))


@pytest.mark.parametrize("name", CORPUS)
def test_as_in_plain_torch(name: str, results: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    product, plain = results[name]
    assert_same(CORPUS[name], product, plain)
    assert product["imported"] == [], "the locked process cannot import: warm_up must have done it"
