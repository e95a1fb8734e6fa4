"""How a drill ends: which gradients flow back, how often, and what becomes of them in between."""

from collections.abc import Callable

from app.exercises.drills.draft import Draft

Ending = Callable[[Draft], None]


def once(draft: Draft) -> None:
    """`a.backward()`."""
    draft.write(f"{draft.at}.backward()")


def kept_and_again(draft: Draft) -> None:
    """Twice through one graph: the gradients add up."""
    draft.write(f"{draft.at}.backward(retain_graph=True)", f"{draft.at}.backward()")


def once_too_often(draft: Draft) -> None:
    """Twice without `retain_graph`: an error where the graph had kept values."""
    draft.write(f"{draft.at}.backward()", f"{draft.at}.backward()")


def weighed(draft: Draft) -> None:
    """`a.backward(gradient=...)`."""
    factor = draft.pick(2, 3)
    draft.write(f"{draft.at}.backward(gradient=torch.tensor({factor}.0))")


def in_rounds(draft: Draft) -> None:
    """A loop that computes anew and adds up."""
    rounds, factor = draft.pick(2, 3), draft.pick(2, 3)
    draft.write(f"{draft.at}.backward()", f"for step in range({rounds}):", f"    ({factor} * x).backward()")


def zeroed(draft: Draft) -> None:
    """Twice, and set back to None in between."""
    draft.write(
        f"{draft.at}.backward(retain_graph=True)", "print(x.grad)", "x.grad = None", f"{draft.at}.backward()"
    )


def zeroed_in_place(draft: Draft) -> None:
    """Three times, and back to 0 after the second."""
    draft.write(
        f"{draft.at}.backward(retain_graph=True)",
        f"{draft.at}.backward(retain_graph=True)",
        "print(x.grad)",
        "x.grad.zero_()",
        f"{draft.at}.backward()",
    )


def cleared(draft: Draft) -> None:
    """`.grad` is set to None at the end."""
    draft.write(f"{draft.at}.backward()", "x.grad = None")


def cut_off(draft: Draft) -> None:
    """Nothing leads back: an error."""
    draft.write(f"{draft.at}.detach().backward()")


ACCUMULATION: tuple[tuple[Ending, ...], ...] = (
    (kept_and_again,),
    (kept_and_again, in_rounds),
    (zeroed, zeroed_in_place, in_rounds),
    (zeroed_in_place, once_too_often, weighed),
    (zeroed, zeroed_in_place, once_too_often, cleared),
)
"""By level."""
ANY: tuple[Ending, ...] = (once, once, kept_and_again, zeroed, weighed, once_too_often, cut_off)
