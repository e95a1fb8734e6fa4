"""What a drill computes on its way: each link goes on from the newest name of a draft."""

from collections.abc import Callable

from app.exercises.drills.draft import Draft

Link = Callable[[Draft], None]


def scale(draft: Draft) -> None:
    """`a = 3 * x`."""
    factor = draft.pick(2, 3, 4, -2)
    draft.let(f"{factor} * {draft.at}", factor * draft.here)


def shift(draft: Draft) -> None:
    """`a = x + 1`: the slope stays."""
    by = draft.pick(1, 2, 5)
    draft.let(f"{draft.at} + {by}", draft.here + by)


def square(draft: Draft) -> None:
    """`a = x ** 2`."""
    draft.let(f"{draft.at} ** 2", draft.here * draft.here)


def two_ways(draft: Draft) -> None:
    """`a = 2 * x`, `b = 3 * x`, `c = a + b`: the slopes of both ways add up."""
    start, number = draft.at, draft.here
    left = draft.let(f"{(factor := draft.pick(2, 3))} * {start}", factor * number)
    right = draft.let(f"{(other := draft.pick(2, 4, 5))} * {start}", other * number)
    draft.let(f"{left} + {right}", draft.numbers[left] + draft.numbers[right])


def two_factors(draft: Draft) -> None:
    """`a = x + 1`, `b = 3 * x`, `c = a * b`."""
    start, number = draft.at, draft.here
    left = draft.let(f"{start} + {(by := draft.pick(1, 2))}", number + by)
    right = draft.let(f"{(factor := draft.pick(2, 3))} * {start}", factor * number)
    draft.let(f"{left} * {right}", draft.numbers[left] * draft.numbers[right])


def either_way(draft: Draft) -> None:
    """An `if`: only the way that is taken has a slope."""
    start, number = draft.at, draft.here
    bound, factor, by = draft.pick(0, 2, 4), draft.pick(2, 3), draft.pick(1, 5)
    taken = factor * number if number.value > bound else number + by
    name = draft.let(f"{factor} * {start} if {start} > {bound} else {start} + {by}", taken)
    assert draft.at == name


def twice(draft: Draft) -> None:
    """`a = x * x`: the same tensor on both sides."""
    draft.let(f"{draft.at} * {draft.at}", draft.here * draft.here)


def and_itself(draft: Draft) -> None:
    """`a = 3 * x + x`."""
    factor = draft.pick(2, 3, 4)
    draft.let(f"{factor} * {draft.at} + {draft.at}", factor * draft.here + draft.here)


def square_and_itself(draft: Draft) -> None:
    """`a = x * x + 3 * x`."""
    factor = draft.pick(2, 3, 4)
    draft.let(
        f"{draft.at} * {draft.at} + {factor} * {draft.at}", draft.here * draft.here + factor * draft.here
    )


def times_detached(draft: Draft) -> None:
    """`a = x * x.detach()`: one of two ways is cut."""
    draft.let(f"{draft.at} * {draft.at}.detach()", draft.here * draft.here.detached)


def plus_detached(draft: Draft) -> None:
    """`a = 3 * x + x.detach()`."""
    factor = draft.pick(2, 3, 4)
    draft.let(f"{factor} * {draft.at} + {draft.at}.detach()", factor * draft.here + draft.here.detached)


def without_grad(draft: Draft) -> None:
    """A factor computed under `torch.no_grad()`."""
    start, number = draft.at, draft.here
    by = draft.pick(1, 2)
    draft.write("with torch.no_grad():")
    name = draft.let(f"{start} + {by}", number.detached + by)
    draft.lines[-1] = "    " + draft.lines[-1]
    draft.let(f"{name} * {start}", draft.numbers[name] * number)


def as_number(draft: Draft) -> None:
    """`a = x * x.item()`: a plain number is a constant."""
    draft.let(f"{draft.at} * {draft.at}.item()", draft.here * draft.here.detached)


def weight(draft: Draft) -> None:
    """A second leaf that is tracked: `a = w * x`."""
    other_leaf(draft, tracked=True)


def constant(draft: Draft) -> None:
    """A tensor without requires_grad: its `.grad` is None."""
    other_leaf(draft, tracked=False)


def other_leaf(draft: Draft, *, tracked: bool) -> None:
    """`w = torch.tensor(3.0)`, `a = w * x`; where there is a `w` already, that one."""
    start, number = draft.at, draft.here
    if "w" not in draft.numbers:
        draft.leaf("w", draft.pick(2, 3, -1, 4), tracked=tracked)
    draft.let(f"w * {start}", draft.numbers["w"] * number)


PLAIN: tuple[Link, ...] = (scale, shift)
CHAIN: tuple[Link, ...] = (scale, shift, square)
BRANCH: tuple[Link, ...] = (two_ways, two_factors, either_way)
REUSE: tuple[Link, ...] = (twice, and_itself, square_and_itself)
DETACH: tuple[Link, ...] = (times_detached, plus_detached, without_grad, as_number)
OTHERS: tuple[Link, ...] = (weight, constant)
