"""Settings to a script, and a script to settings: `/api/scripts` and `/api/runs/from-script`."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response
from pydantic import ValidationError

from app.errors import N_
from app.protocol.events import EventLog
from app.protocol.problems import FieldProblem
from app.protocol.runs import RunConfig
from app.protocol.scripts import Note, RunFromScript, Script, ScriptRead, ScriptText
from app.script.reader.reading import Reading
from app.script.reader.script import read
from app.script.write import write
from app.web.edge.catalogue import Language
from app.web.edge.guard import require_json
from app.web.edge.openapi import CONFIG_EXAMPLES, SCRIPT_EXAMPLES, problems
from app.web.edge.services import ClientDep
from app.web.edge.validation import NotValid, field_problem
from app.web.runs.routes import create
from app.web.runs.services import RunServicesDep

TAKES = problems(400, 413, 415, 422, 429, 503)

router = APIRouter(prefix="/api", tags=["exports"], dependencies=[Depends(require_json)])


class NotValidThere(NotValid):
    """Values in a script that are not allowed in a run."""

    def __init__(self, errors: Sequence[Mapping[str, Any]], reading: Reading) -> None:
        super().__init__(errors[:1], RunConfig)
        self._reading = reading

    def field_problems(self, language: Language) -> tuple[FieldProblem, ...]:
        """The first error, at its line."""
        found = field_problem(self.errors[0], language, RunConfig)
        line = self._reading.line_of(str(self.errors[0]["loc"][0]) if self.errors[0]["loc"] else found.field)
        message = language.text(
            N_("line {line}: {field}: {message}"),
            {"line": line, "field": found.field, "message": found.message},
        )
        return (FieldProblem(field="script", message=message, line=line),)


def settings_in(text: ScriptText, language: Language) -> ScriptRead:
    """The settings of the run that a script describes. Raises: Invalid, NotValidThere: there are none."""
    reading = read(text.script)
    try:
        config = RunConfig.model_validate(reading.values)
    except ValidationError as error:
        raise NotValidThere(error.errors(), reading) from error
    notes = [Note(line=remark.line, message=language.text(remark.text)) for remark in reading.remarks]
    return ScriptRead(config=config, notes=notes)


@router.post("/scripts", summary="Settings as a PyTorch script", responses=TAKES)
async def show(
    services: RunServicesDep,
    client: ClientDep,
    config: Annotated[RunConfig, Body(openapi_examples=CONFIG_EXAMPLES)] = RunConfig(),  # noqa: B008, frozen
) -> Script:
    """The program of a run with these settings, and the places of its loop's lines. Makes no run."""
    await services.limits.spend(client, "read")
    return (await services.aside(lambda: write(EventLog(config)))).script


@router.post("/scripts/read", summary="A PyTorch script as settings", responses=TAKES)
async def read_script(
    request: Request,
    services: RunServicesDep,
    client: ClientDep,
    text: Annotated[ScriptText, Body(openapi_examples=SCRIPT_EXAMPLES)],
) -> ScriptRead:
    """The settings that a `class Net` and its training loop describe. The script is parsed, never run."""
    await services.limits.spend(client, "program")
    return await services.aside(partial(settings_in, text, services.catalogue.of(request)))


@router.post(
    "/runs/from-script", summary="Make a run from a PyTorch script", status_code=201, responses=TAKES
)
async def make(
    request: Request,
    response: Response,
    services: RunServicesDep,
    client: ClientDep,
    text: Annotated[ScriptText, Body(openapi_examples=SCRIPT_EXAMPLES)],
) -> RunFromScript:
    """As `POST /api/runs`, with the settings that the script describes. It is parsed, never run."""
    await services.limits.spend(client, "program")
    found = await services.aside(partial(settings_in, text, services.catalogue.of(request)))
    created = await create(response, services, client, found.config)
    return RunFromScript(**dict(created), notes=found.notes)
