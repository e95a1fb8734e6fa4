"""Settings by their paths."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue


def flat(settings: Mapping[str, JsonValue], above: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Every setting by its path.

    >>> dict(flat({"seed": 1, "optimizer": {"lr": 0.2}}))
    {'seed': 1, 'optimizer.lr': 0.2}
    """
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from flat(value, f"{above}{name}.")
        else:
            yield above + name, value
