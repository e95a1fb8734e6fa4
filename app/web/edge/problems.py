"""Problems: errors as HTTP answers and socket messages, in the reader's language."""

import logging
import math
from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from app.errors import N_, Conflict, Invalid, NotFound, NotOwner, PlaygroundError, TooMany, Unavailable
from app.logs import REQUEST_ID
from app.protocol.problems import FieldProblem, Problem
from app.web.edge.catalogue import Catalogue, Language
from app.web.edge.explanations import NoValues
from app.web.edge.headers import SECURITY_HEADERS
from app.web.edge.validation import NotValid, printable, records_in

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
PHRASE_HEADER = "Playground-Phrase"
"""The header with the pass phrase of a server that has one."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

STATUS: Mapping[type[PlaygroundError], int] = {
    Invalid: 422,
    NoValues: 422,
    NotFound: 404,
    NotOwner: 403,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
}

KINDS: Mapping[int, tuple[str, str]] = {
    400: ("malformed", N_("The request cannot be read")),
    401: ("no-token", N_("This needs the run's owner token")),
    403: ("not-allowed", N_("This is not allowed")),
    404: ("not-found", N_("There is nothing here")),
    405: ("method-not-allowed", N_("This address does not take that method")),
    409: ("conflict", N_("Not possible right now")),
    413: ("too-large", N_("The request is too large")),
    415: ("media-type", N_("The request is not JSON")),
    421: ("wrong-host", N_("This server does not answer to that name")),
    422: ("invalid", N_("A value is not allowed")),
    429: ("too-many", N_("Too many requests")),
    500: ("unexpected", N_("Something went wrong in the server")),
    503: ("unavailable", N_("Not ready yet")),
}
"""The name in `type`, and the title, of each kind of problem by HTTP status."""

NOT_ADMITTED = ("not-admitted", N_("This server is not open to everybody"))
"""The same of a 401 that is not about a run."""

DETAILS: Mapping[int, str] = {
    400: N_("This is not valid JSON."),
    404: N_("Nothing is at {path}."),
    405: N_("{method} is not possible at {path}; what is: {allowed}."),
    413: N_("At most {limit} {limit:byte is|bytes are} allowed."),
}
"""The details of refusals that the framework makes."""


class Refused(PlaygroundError):
    """A request refused before it reaches a route. status: the HTTP status."""

    def __init__(self, status: int, template: str, **params: str | int | float | None) -> None:
        super().__init__(template, **params)
        self.status = status


class NotAdmitted(Refused):
    """A request without the pass phrase."""

    def __init__(self, template: str, **params: str | int | float | None) -> None:
        super().__init__(401, template, **params)


def problem_of(error: PlaygroundError, language: Language) -> Problem:
    """The problem that describes an error."""
    if isinstance(error, NotValid):
        return validation_problem(error, language)
    status = error.status if isinstance(error, Refused) else STATUS[type(error)]
    detail = printable(error.message(language) if isinstance(error, NoValues) else language.error(error))
    errors = (field_problem_of(error, detail),) if isinstance(error, Invalid) else ()
    kind = NOT_ADMITTED if isinstance(error, NotAdmitted) else KINDS[status]
    return problem(status, detail, language, errors, kind)


def field_problem_of(error: Invalid, detail: str) -> FieldProblem:
    """The field that an error is about, and its line if it is a script."""
    line = error.params.get("line")
    return FieldProblem(field=error.field, message=detail, line=line if isinstance(line, int) else None)


def validation_problem(error: NotValid, language: Language) -> Problem:
    """The problem that describes values that a record does not allow, or a body that is not JSON."""
    if any(e["type"] == "json_invalid" for e in error.errors):
        return problem(400, language.text(DETAILS[400]), language)
    errors = error.field_problems(language)
    only = errors[0] if len(error.errors) == 1 else None
    detail = f"{only.field}: {only.message}".removeprefix(": ") if only else language.error(error)
    return problem(422, detail, language, errors)


def problem(
    status: int,
    detail: str,
    language: Language,
    errors: tuple[FieldProblem, ...] = (),
    kind: tuple[str, str] | None = None,
) -> Problem:
    """A problem. kind: name and title; if not given, those of the HTTP status."""
    name, title = kind or KINDS[status]
    return Problem(
        type=f"/problems/{name}", title=language.text(title), status=status, detail=detail, errors=errors
    )


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The HTTP answer that carries a problem."""
    return Response(problem.model_dump_json(), problem.status, headers, MEDIA_TYPE)


def error_response(error: PlaygroundError, language: Language) -> Response:
    """The HTTP answer to an error."""
    problem = problem_of(error, language)
    headers = {}
    if isinstance(error, (TooMany, Unavailable)):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if problem.status == 401:
        headers["WWW-Authenticate"] = PHRASE_HEADER if isinstance(error, NotAdmitted) else "Bearer"
    return problem_response(problem, headers)


class Problems:
    """The exception handlers of the application."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def install(self, app: FastAPI) -> None:
        """Add the handlers to `app`."""
        app.add_exception_handler(PlaygroundError, self.refused)
        app.add_exception_handler(RequestValidationError, self.not_valid)
        app.add_exception_handler(HTTPException, self.not_served)
        app.add_exception_handler(Exception, self.unexpected)

    async def refused(self, request: Request, error: Exception) -> Response:
        """Answer a refusal of the product."""
        assert isinstance(error, PlaygroundError)
        return error_response(error, self.catalogue.of(request))

    async def not_valid(self, request: Request, error: Exception) -> Response:
        """Answer a body or parameter of the wrong form."""
        assert isinstance(error, RequestValidationError)
        # "body", "path" or "query" comes first; what follows is as in the record.
        errors = [{**e, "loc": e["loc"][1:]} for e in error.errors()]
        return error_response(NotValid(errors, body_record(request)), self.catalogue.of(request))

    async def not_served(self, request: Request, error: Exception) -> Response:
        """Answer a refusal of the framework: no such address, no such method, too large, not JSON."""
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(allowed_methods(request))
        language = self.catalogue.of(request)
        params = {
            "path": request.url.path,
            "method": request.method,
            "allowed": headers.get("Allow"),
            "limit": error.detail,
        }
        detail = printable(language.text(DETAILS.get(error.status_code, ""), params))
        return problem_response(problem(error.status_code, detail, language), headers)

    async def unexpected(self, request: Request, error: Exception) -> Response:
        """Answer a request that met a fault of the server, which the server logs."""
        language = self.catalogue.of(request)
        detail = language.text(N_("This is a fault of the server, not of your request. It has been logged."))
        response = problem_response(problem(500, detail, language))
        # Starlette answers this outside of all middleware.
        response.raw_headers.extend(SECURITY_HEADERS)
        response.headers["X-Request-ID"] = REQUEST_ID.get()
        return response


def body_record(request: Request) -> type[BaseModel] | None:
    """The record that the requested route takes as its body or its query."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return None
    fields = [route.body_field] if route.body_field else route.dependant.query_params
    return next((record for field in fields for record in records_in(field.field_info.annotation)), None)


def allowed_methods(request: Request) -> list[str]:
    """The methods that the requested address takes."""
    return [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
