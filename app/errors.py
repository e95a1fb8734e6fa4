"""The errors that a person reads; `app.web.edge.problems` turns them into HTTP and socket replies.

PlaygroundError
├── Invalid          a value that is not allowed, naming the field
├── NotFound         no such run
├── NotOwner         a change without the run's owner token
├── Conflict         allowed in general, but not in the run's present state
├── TooMany          a limit is reached
└── Unavailable      the trainer or the sandbox is starting, busy or being replaced
"""

from collections.abc import Mapping
from string import Formatter
from typing import Any


def N_(template: str) -> str:  # noqa: N802, gettext's own name for "translate later"
    """Mark a text for the translation catalogue. It is translated where it is shown."""
    return template


Params = Mapping[str, str | int | float | None]


class Wording(Formatter):
    """`str.format`, with plural forms: `{n:point|points}` is "point" where n is 1, else "points"."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """A field's text; of a pair of forms, the one that fits the number."""
        one, bar, many = format_spec.partition("|")
        if bar:
            return one if str(value) == "1" else many
        return str(super().format_field(value, format_spec))


def filled(template: str, params: Params) -> str:
    """A template with its fields filled in.

    >>> [filled("{n} {n:point is|points are} left", {"n": n}) for n in (1, 2)]
    ['1 point is left', '2 points are left']

    Raises: LookupError, ValueError: the fields do not fit.
    """
    return Wording().vformat(template, (), params)


class PlaygroundError(Exception):
    """An error that a person reads: an English template with named parameters, so that it can be translated.

    template: text marked with `N_`, with fields as `filled` takes them.
    params: the values for those fields.
    """

    def __init__(self, template: str, **params: str | int | float | None) -> None:
        super().__init__(filled(template, params))
        self.template = template
        self.params: Params = params


class Invalid(PlaygroundError, ValueError):
    """A value that is not allowed. `field` is its path in the request, such as "optimizer.lr".

    It is a ValueError too, so that a record's own validators can raise it; `field` is then relative to that
    record.
    """

    def __init__(self, field: str, template: str, **params: str | int | float | None) -> None:
        super().__init__(template, **params)
        self.field = field


class NotFound(PlaygroundError):
    """The object that is asked for does not exist, or no longer exists."""


class NotOwner(PlaygroundError):
    """A change was asked for without the token that allows it."""


class Conflict(PlaygroundError):
    """The request is sound, but the run's state does not allow it now."""


class TooMany(PlaygroundError):
    """A limit is reached. `retry_after`: seconds until trying again makes sense."""

    def __init__(self, retry_after: float, template: str, **params: str | int | float | None) -> None:
        super().__init__(template, **params)
        self.retry_after = retry_after


class Unavailable(PlaygroundError):
    """A process that is needed is not ready. `retry_after`: seconds until trying again makes sense."""

    def __init__(self, retry_after: float, template: str, **params: str | int | float | None) -> None:
        super().__init__(template, **params)
        self.retry_after = retry_after
