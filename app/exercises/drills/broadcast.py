"""Drills of tensors of different shapes: what was repeated forward is summed backward."""

from app.exercises.drills.draft import Draft


def numbers(draft: Draft, count: int) -> list[int]:
    """Small whole numbers."""
    return [draft.pick(-2, -1, 1, 2, 3, 4) for _ in range(count)]


def row(values: list[int]) -> str:
    """`[1.0, 2.0]`."""
    return "[" + ", ".join(f"{value}.0" for value in values) + "]"


def broadcast(draft: Draft) -> None:
    """A number and a row; a row and a column; with weights; with a mean."""
    makers = (number_times_row, number_plus_row, column_times_row, weighed_row, mean_of_rows)
    makers[draft.level - 1](draft)


def number_times_row(draft: Draft) -> None:
    """`(w * x).sum()`: w meets every number of x."""
    draft.write(
        f"x = torch.tensor({row(numbers(draft, 3))})",
        f"w = torch.tensor({draft.pick(2, 3)}.0, requires_grad=True)",
        "a = w * x",
        "a.sum().backward()",
    )


def number_plus_row(draft: Draft) -> None:
    """`(3 * x + w).sum()`, both tracked."""
    draft.write(
        f"x = torch.tensor({row(numbers(draft, draft.pick(2, 3, 4)))}, requires_grad=True)",
        f"w = torch.tensor({draft.pick(2, 5)}.0, requires_grad=True)",
        f"a = {draft.pick(2, 3)} * x + w",
        "a.sum().backward()",
    )


def column_times_row(draft: Draft) -> None:
    """A column and a row make a table."""
    column = "[" + ", ".join(f"[{value}.0]" for value in numbers(draft, 2)) + "]"
    draft.write(
        f"x = torch.tensor({row(numbers(draft, 3))}, requires_grad=True)",
        f"w = torch.tensor({column}, requires_grad=True)",
        "a = w * x",
        "a.sum().backward()",
    )


def weighed_row(draft: Draft) -> None:
    """`backward(gradient=...)` weighs each number."""
    draft.write(
        f"x = torch.tensor({row(numbers(draft, 3))}, requires_grad=True)",
        f"w = torch.tensor({draft.pick(2, 3)}.0, requires_grad=True)",
        "a = w * x",
        f"a.backward(gradient=torch.tensor({row(numbers(draft, 3))}))",
    )


def mean_of_rows(draft: Draft) -> None:
    """Rows of data times weights, plus a number, squared, and their mean."""
    rows = ", ".join(row([draft.pick(1, 2, 3), draft.pick(1, 2)]) for _ in range(2))
    draft.write(
        f"x = torch.tensor([{rows}])",
        f"w = torch.tensor({row([draft.pick(1, 2), draft.pick(-1, 1)])}, requires_grad=True)",
        f"b = torch.tensor({draft.pick(1, 2)}.0, requires_grad=True)",
        "a = (x * w).sum(dim=1) + b",
        "(a ** 2).mean().backward()",
    )
