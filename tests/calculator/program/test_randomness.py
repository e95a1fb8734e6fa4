"""NumPy's generator, whose state is read where it is in memory: NumPy itself is the oracle."""

from collections.abc import Callable

import numpy as np
import pytest

from app.calculator.program.randomness import fresh, is_numpy_at, restore, same, states

SEED = 7


def test_a_fresh_state_is_what_numpy_says() -> None:
    start = fresh(SEED)
    name, words, *rest = np.random.get_state()
    assert (start[2][0], *start[2][2:]) == (name, *rest)
    assert np.array_equal(start[2][1], words)


@pytest.mark.parametrize("draw", [np.random.rand, np.random.randn, lambda: np.random.seed(SEED + 1)])
def test_whatever_moves_it_is_seen_and_taken_back(draw: Callable[[], object]) -> None:
    start = fresh(SEED)
    first = np.random.rand()
    restore(start)
    assert is_numpy_at(start[2])
    draw()
    assert not same(2, start)
    restore(start)
    assert same(2, start)
    assert np.random.rand() == first


def test_a_number_that_is_kept_for_the_next_time_is_part_of_the_state() -> None:
    fresh(SEED)
    np.random.randn()
    middle = states()
    assert same(2, middle)
    second = np.random.randn()  # the kept one: the words stay as they are
    assert not same(2, middle)
    restore(middle)
    assert np.random.randn() == second
