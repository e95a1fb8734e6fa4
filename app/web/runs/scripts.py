"""Settings to a script, and a script to settings: `/api/scripts` and `/api/runs/from-script`."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response
from pydantic import ValidationError

from app.engine.answers import losses_of
from app.engine.commands import Create, Delete, GetLosses, Lines
from app.errors import N_, PlaygroundError
from app.protocol.events import EventLog
from app.protocol.gradients import ProgramError
from app.protocol.lines import MAX_LINES
from app.protocol.problems import FieldProblem
from app.protocol.runs import RunConfig
from app.protocol.scripts import (
    MAX_OBSERVED,
    Note,
    Observation,
    Reason,
    RunFromScript,
    Script,
    ScriptRead,
    ScriptText,
)
from app.protocol.topics.scripts import NOTES, REASONS
from app.script.write import write
from app.web.edge.catalogue import Language
from app.web.edge.guard import require_json
from app.web.edge.limits import Client
from app.web.edge.openapi import CONFIG_EXAMPLES, SCRIPT_EXAMPLES, problems
from app.web.edge.services import ClientDep, LanguageDep
from app.web.edge.validation import NotValid, field_problem, printable
from app.web.runs.keys import Key
from app.web.runs.routes import create
from app.web.runs.services import RunServices, RunServicesDep

TAKES = problems(400, 413, 415, 422, 429, 503)
ENDED = {"Timeout": "too_long", "MemoryError": "too_long"}
"""The reason, by how the sandbox had to end a script."""

router = APIRouter(prefix="/api", tags=["exports"], dependencies=[Depends(require_json)])


class NoRun(NotValid):
    """A script that is no run, for all these reasons. errors: of its settings, as pydantic has them."""

    def __init__(self, reasons: Sequence[Reason], errors: Sequence[Mapping[str, Any]] = ()) -> None:
        count = len(reasons) + len(errors)
        PlaygroundError.__init__(
            self,
            N_("This script is no run. There {count:is|are} {count} {count:reason|reasons} for that."),
            count=count,
        )
        self.reasons = reasons
        self.errors = [*({"type": "reason"} for _ in reasons), *errors]
        self._of_settings = errors

    def field_problems(self, language: Language) -> tuple[FieldProblem, ...]:
        """All reasons, in the reader's language."""
        told = [
            FieldProblem(field="script", message=text, line=reason.line)
            for reason in self.reasons
            if (text := text_of(reason, REASONS, language)) is not None
        ]
        for error in self._of_settings:
            found = field_problem(error, language, RunConfig)
            params = {"field": found.field, "message": found.message}
            told.append(FieldProblem(field="script", message=language.text(REASONS["setting"], params)))
        return tuple(told)


@dataclass(frozen=True)
class Proven:
    """The run that a script is: its first `n` losses are the script's."""

    config: RunConfig
    n: int
    notes: list[Note]


def text_of(reason: Reason, texts: Mapping[str, str], language: Language) -> str | None:
    """What a reason says. None where the sandbox, which is not trusted, names no text, or not its fields."""
    try:
        return printable(language.text(texts[reason.topic], reason.params))
    except (LookupError, ValueError):
        return None


async def observed(services: RunServices, client: Client, text: ScriptText) -> tuple[RunConfig, Observation]:
    """What run the script seems to be. Raises: NoRun: it is none. Unavailable."""
    answer = await services.sandbox.observe(text.script, str(client))
    if isinstance(answer, ProgramError):
        topic = ENDED.get(answer.type, "crashed")
        raise NoRun([Reason(topic=topic, params={"steps": MAX_OBSERVED})])
    try:
        config = await services.aside(lambda: RunConfig.model_validate(answer.settings))
    except ValidationError as error:
        raise NoRun(answer.reasons, error.errors()) from error
    if answer.reasons or not answer.losses:
        raise NoRun(answer.reasons or [Reason(topic="unreadable")])
    return config, answer


async def proven(services: RunServices, client: Client, text: ScriptText, language: Language) -> Proven:
    """The run that a script is. The trainer takes its first steps, and their losses must be the script's.

    Raises: NoRun: it is none. TooMany, Unavailable.
    """
    await services.limits.spend(client, "program")
    config, observation = await observed(services, client, text)
    ours = await first_losses(services, client, config, len(observation.losses))
    check(ours, observation.losses)
    texts = [(note.line, text_of(note, NOTES, language)) for note in observation.notes]
    notes = [Note(line=line, message=said) for line, said in texts if said is not None]
    return Proven(config, len(ours), notes)


async def first_losses(
    services: RunServices, client: Client, config: RunConfig, n_steps: int
) -> Sequence[float]:
    """The losses of a run's first steps; fewer if it ends before.

    They are taken line by line: a run that plays does so together with others like it, which add in another
    order.
    """
    values = await services.formulas.values(config, client)
    n_lines = n_steps * sum(config.loop.model_dump().values())
    with services.registry.place(client):
        made = Create(run_id=secrets.token_urlsafe(16), config=config, values=values)
        run = (await services.engine.ask(made)).state
        try:
            for done in range(0, n_lines, MAX_LINES):
                if run.status not in ("ready", "paused"):
                    break
                lines = Lines(run_id=run.id, count=min(MAX_LINES, n_lines - done))
                run = (await services.engine.ask(lines)).state
            taken = await services.engine.ask(GetLosses(run_id=run.id, first_step=1))
            return (await losses_of(taken, 1)).losses
        finally:
            await services.engine.ask(Delete(run_id=run.id))


def check(ours: Sequence[float], theirs: Sequence[float]) -> None:
    """Raises NoRun where a run's losses are not the script's. A run that diverges ends before the script."""
    pairs = zip(ours, theirs, strict=False)
    differ = next((i for i, (our, their) in enumerate(pairs) if our != their), None)
    if differ is not None or not ours:
        at = differ or 0
        params = {"step": at + 1, "ours": str(ours[at] if ours else None), "theirs": str(theirs[at])}
        raise NoRun([Reason(topic="other_steps", params=params)])


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
    services: RunServicesDep,
    client: ClientDep,
    language: LanguageDep,
    text: Annotated[ScriptText, Body(openapi_examples=SCRIPT_EXAMPLES)],
) -> ScriptRead:
    """As `POST /api/runs/from-script`, without making a run."""
    found = await proven(services, client, text, language)
    return ScriptRead(config=found.config, proven=found.n, notes=found.notes)


@router.post(
    "/runs/from-script", summary="Make a run from a PyTorch script", status_code=201, responses=TAKES
)
async def make(
    response: Response,
    services: RunServicesDep,
    client: ClientDep,
    language: LanguageDep,
    text: Annotated[ScriptText, Body(openapi_examples=SCRIPT_EXAMPLES)],
    *,
    key: Key = None,
) -> RunFromScript:
    """As `POST /api/runs`, with the settings of the run that the script is.

    The first 20 steps of the script are run in a locked process and observed, and so are the run's: the
    losses must be equal to the last bit. A script that is no run is refused, with all reasons at once.
    """
    found = await proven(services, client, text, language)
    created = await create(response, services, client, found.config, key=key)
    return RunFromScript(**dict(created), proven=found.n, notes=found.notes)
