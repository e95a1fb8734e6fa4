"""What the server writes to its log: as text, or one JSON object a line, with the id of the request."""

import json
import logging
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

Format = Literal["text", "json"]
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request or socket that is being served; empty outside of them."""
KEPT = 50
"""Number of records that are kept to be shown."""


def entry(record: logging.LogRecord) -> dict[str, Any]:
    """A record as it is logged.

    Of an exception only its type and the places in the program: its text may quote what somebody typed.
    """
    fields: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage().strip(),
    }
    if request_id := REQUEST_ID.get():
        fields["request_id"] = request_id
    if record.exc_info and record.exc_info[0] is not None:
        kind, _, where = record.exc_info
        fields["exception"] = kind.__qualname__
        fields["traceback"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(where)
        ]
    return {**fields, **getattr(record, "fields", {})}


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        return json.dumps(entry(record), ensure_ascii=False)


class Recent(logging.Handler):
    """Keeps the last warnings and errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.entries: deque[dict[str, Any]] = deque(maxlen=KEPT)

    @contextmanager
    def listening(self, *names: str) -> Iterator[None]:
        """Keep what these loggers say in the context."""
        for name in names:
            logging.getLogger(name).addHandler(self)
        try:
            yield
        finally:
            for name in names:
                logging.getLogger(name).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.entries.append(entry(record))


def without_clients(record: logging.LogRecord) -> bool:
    """Whether a record is not uvicorn's about one socket, which has the client's address and the query."""
    return not record.msg.startswith('%s - "WebSocket') if isinstance(record.msg, str) else True


def config(level: str, form: Format) -> dict[str, Any]:
    """The configuration of logging, for `logging.config.dictConfig`.

    Uvicorn logs no more than "info": at "debug" it would write down the messages of sockets.
    """
    formatters: dict[Format, dict[str, Any]] = {
        "text": {"()": "uvicorn.logging.DefaultFormatter", "fmt": "%(levelprefix)s %(message)s"},
        "json": {"()": JsonFormatter},
    }
    uvicorn_level = "INFO" if level == "debug" else level.upper()
    loggers = {"app": level.upper(), "uvicorn": uvicorn_level, "py.warnings": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"default": formatters[form]},
        "filters": {"without_clients": {"()": lambda: without_clients}},
        "handlers": {
            "default": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "default",
                "filters": ["without_clients"],
            }
        },
        "loggers": {
            name: {"handlers": ["default"], "level": its, "propagate": False} for name, its in loggers.items()
        },
    }
