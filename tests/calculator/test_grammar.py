"""Random programs do here what they do in plain Python and torch."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.calculator.grammar import programs
from tests.calculator.oracle import Peer, assert_same

LONG = settings.get_current_profile_name() == "long"


@pytest.fixture(scope="module")
def peers() -> Iterator[tuple[Peer, Peer]]:
    with Peer("product") as product, Peer("plain") as plain:
        yield product, plain


@settings(
    max_examples=5000 if LONG else 150,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(program=programs())
def test_a_random_program_does_the_same(program: str, peers: tuple[Peer, Peer]) -> None:
    product, plain = (peer.run(program) for peer in peers)
    assert_same(program, product, plain)
    assert product["imported"] == []
