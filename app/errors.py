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


def N_(template: str) -> str:  # noqa: N802, gettext's own name for "translate later"
    """Mark a text for the translation catalogue. It is translated where it is shown."""
    return template


Params = Mapping[str, str | int | float | None]


class PlaygroundError(Exception):
    """An error that a person reads: an English template with named parameters, so that it can be translated.

    template: text marked with `N_`, with `str.format` fields.
    params: the values for those fields.
    """

    def __init__(self, template: str, **params: str | int | float | None) -> None:
        super().__init__(template.format(**params))
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
