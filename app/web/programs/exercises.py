"""Predict, then run: `POST /api/questions`, `POST /api/answers` and `GET /api/drills`."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query

from app.errors import N_
from app.exercises.drills import KINDS, drill
from app.exercises.marking import is_right, truth
from app.exercises.reasons import chain_of, reason
from app.protocol.exercises import (
    MAX_LEVEL,
    MAX_SEED,
    Drill,
    DrillKind,
    DrillOffer,
    DrillOffers,
    Given,
    Mark,
    Marks,
    ProgramText,
    Question,
    Questions,
    Sheet,
)
from app.protocol.gradients import Derivation
from app.web.edge.catalogue import Language
from app.web.edge.guard import require_json
from app.web.edge.openapi import PROGRAM_EXAMPLES, SHEET_EXAMPLES, problems
from app.web.edge.services import ClientDep, LanguageDep, ServicesDep

router = APIRouter(tags=["exercises"])

TEXTS = {
    "grad": N_("What is {name}.grad when the program has run?"),
    "printed": N_("What does line {line} print?"),
    "repeated": N_("What does line {line} print the last time?"),
    "end": N_("How does the program end?"),
}
ENDS = (N_("It runs to its end."), N_("It stops with an error."))


@router.post(
    "/api/questions",
    summary="What can be asked about a program before it runs",
    responses=problems(400, 413, 415, 422, 429, 503),
    dependencies=[Depends(require_json)],
)
async def ask(
    services: ServicesDep,
    client: ClientDep,
    language: LanguageDep,
    program: Annotated[ProgramText, Body(openapi_examples=PROGRAM_EXAMPLES)],
) -> Questions:
    """The gradient of each tensor that the program makes, and what each of its lines prints.

    They are read from the text: the program is not run, and the answers are not known yet.
    """
    await services.limits.spend(client, "program")
    found = await services.sandbox.questions(program.program, str(client))
    return Questions(questions=[worded(question, language) for question in found.questions])


@router.post(
    "/api/answers",
    summary="Run a program, and mark the answers that were given before",
    responses=problems(400, 413, 415, 422, 429, 503),
    dependencies=[Depends(require_json)],
)
async def mark(
    services: ServicesDep,
    client: ClientDep,
    language: LanguageDep,
    sheet: Annotated[Sheet, Body(openapi_examples=SHEET_EXAMPLES)],
) -> Marks:
    """What torch says to each answer, and why. A program that fails is no refusal: its errors are answers."""
    await services.limits.spend(client, "program")
    derivation = await services.sandbox.derive(sheet.program, str(client))
    return Marks(marks=[marked(given, derivation, language) for given in sheet.given])


@router.get("/api/drills", summary="The kinds of drills", responses=problems(429))
async def offers(services: ServicesDep, client: ClientDep, language: LanguageDep) -> DrillOffers:
    """Programs that are made to be asked about, the easiest kind first."""
    await services.limits.spend(client, "read")
    return DrillOffers(
        drills=[
            DrillOffer(kind=kind, title=language.own(title), about=language.own(about), levels=MAX_LEVEL)
            for kind, (_, title, about) in KINDS.items()
        ]
    )


@router.get("/api/drills/{kind}", summary="One drill", responses=problems(422, 429))
async def one(  # noqa: PLR0917
    services: ServicesDep,
    client: ClientDep,
    language: LanguageDep,
    kind: DrillKind,
    level: Annotated[int, Query(ge=1, le=MAX_LEVEL, description="From 1, the easiest.")] = 1,
    seed: Annotated[int, Query(ge=0, le=MAX_SEED, description="Which of them.")] = 0,
) -> Drill:
    """A program and its questions. The same kind, level and seed always give the same."""
    await services.limits.spend(client, "read")
    made = drill(kind, level, seed)
    questions = [worded(question, language) for question in made.questions]
    return made.model_copy(update={"questions": questions})


def worded(question: Question, language: Language) -> Question:
    """A question with its text. It may come from an untrusted process: only its name and line are used."""
    key = "repeated" if question.repeated else question.about
    return question.model_copy(
        update={
            "text": language.text(TEXTS[key], {"name": question.name, "line": question.line}),
            "choices": [language.own(end) for end in ENDS] if question.about == "end" else [],
        }
    )


def marked(given: Given, derivation: Derivation, language: Language) -> Mark:
    """One answer, compared with what torch did."""
    question = given.question
    found = truth(question, derivation)
    if found is None:
        return Mark(question=question.id, right=None, truth=None, shown=None)
    right, shown = found
    why = reason(question, right, derivation)
    return Mark(
        question=question.id,
        right=is_right(given.answer, right, question.tolerance),
        truth=right,
        shown=shown,
        reason=None if why is None else language.text(*why),
        chain=chain_of(question.name, derivation),
    )
