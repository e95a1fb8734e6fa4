"""`/api/lessons`: lessons in the reader's language, and whether a task is done."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from app.engine.answers import snapshot_of
from app.engine.commands import Inspect, TakeSnapshot
from app.errors import N_, Conflict, Invalid, NotFound
from app.lessons.asking import about
from app.lessons.checks import Missing, of_program, of_run
from app.lessons.shelf import Shelf, offer, scene_of, shown
from app.protocol.lessons import (
    Checked,
    Lesson,
    LessonOffers,
    LessonShown,
    Predicted,
    ProgramCheck,
    Revealed,
    RunCheck,
    StepShown,
    TrainingScene,
    Tried,
)
from app.protocol.patches import Patch
from app.protocol.rooms import LESSON, MAX_LESSON_STEPS, AboutProgram, AboutRuns, Ask
from app.rooms import verdicts
from app.rooms.answers import check as check_answer
from app.rooms.marks import mark
from app.rooms.verdicts import End
from app.rooms.views import truth
from app.web.edge.catalogue import Language
from app.web.edge.guard import require_json
from app.web.edge.limits import Client
from app.web.edge.openapi import problems
from app.web.edge.services import ClientDep, LanguageDep
from app.web.rooms.services import Reader
from app.web.rooms.trial import configs_of, end_of
from app.web.runs.services import RunServices, RunServicesDep

router = APIRouter(prefix="/api/lessons", tags=["lessons"])


def shelf_of(request: Request) -> Shelf:
    """The server's lessons."""
    shelf: Shelf = request.app.state.lessons
    return shelf


ShelfDep = Annotated[Shelf, Depends(shelf_of)]
Name = Annotated[str, Path(pattern=LESSON)]
StepNumber = Annotated[int, Path(ge=1, le=MAX_LESSON_STEPS, description="Which step, counted from 1.")]


@router.get("", summary="The lessons there are", responses=problems(429))
async def offers(
    services: RunServicesDep, shelf: ShelfDep, client: ClientDep, language: LanguageDep
) -> LessonOffers:
    """Those that come with the product, and those of the folder `PLAYGROUND_LESSONS`, in their order."""
    await services.limits.spend(client, "read")
    lessons = await services.aside(lambda: shelf.lessons)
    return LessonOffers(lessons=[offer(name, lesson, language.code) for name, lesson in lessons.items()])


@router.get("/{lesson}", summary="One lesson", responses=problems(404, 422, 429))
async def show(
    lesson: Name, services: RunServicesDep, shelf: ShelfDep, client: ClientDep, language: LanguageDep
) -> LessonShown:
    """Its steps: texts, what is shown, what is predicted, and tasks."""
    await services.limits.spend(client, "read")
    found = shown(lesson, await find(shelf, lesson, services), language.code)
    return found.model_copy(update={"shown": [asked_in_words(step, language) for step in found.shown]})


@router.post(
    "/{lesson}/steps/{number}/check",
    summary="Whether a step's task is done",
    responses=problems(400, 404, 413, 415, 422, 429, 503),
    dependencies=[Depends(require_json)],
)
async def check(  # noqa: PLR0917
    lesson: Name,
    number: StepNumber,
    tried: Tried,
    services: RunServicesDep,
    shelf: ShelfDep,
    client: ClientDep,
    language: LanguageDep,
) -> Checked:
    """Looks at what the run really did, or has torch run the program."""
    found = await find(shelf, lesson, services)
    task = found.steps[number - 1].task if number <= len(found.steps) else None
    if task is None:
        raise NotFound(N_("Step {number} of this lesson has no task."), number=number)
    scene = scene_of(found, number - 1)
    if isinstance(task.check, ProgramCheck):
        missing = await lacks_program(task.check, tried, services, client)
    else:
        settings = scene.settings if isinstance(scene, TrainingScene) else {}
        missing = await lacks_run(task.check, tried, settings, services, client)
    texts = [language.text(each.template, each.params) for each in missing]
    return Checked(done=not texts, missing=texts)


@router.post(
    "/{lesson}/steps/{number}/reveal",
    summary="What torch says to a prediction",
    responses=problems(400, 404, 409, 413, 415, 422, 429, 503),
    dependencies=[Depends(require_json)],
)
async def reveal(  # noqa: PLR0917
    lesson: Name,
    number: StepNumber,
    predicted: Predicted,
    services: RunServicesDep,
    shelf: ShelfDep,
    client: ClientDep,
    language: LanguageDep,
) -> Revealed:
    """Has torch run the step's program, or reads what the step's runs have come to."""
    found = await find(shelf, lesson, services)
    predict = found.steps[number - 1].predict if number <= len(found.steps) else None
    if predict is None:
        raise NotFound(N_("Step {number} of this lesson asks nothing."), number=number)
    asked = about(predict, scene_of(found, number - 1))
    check_answer(asked, predicted.answer)
    if isinstance(asked, AboutProgram):
        await services.limits.spend(client, "program")
        derivation = await services.sandbox.derive(asked.program, str(client))
        verdict = verdicts.of_program(asked.question, derivation)
    else:
        assert isinstance(asked, AboutRuns)
        await services.limits.spend(client, "read", len(asked.trial.vary))
        verdict = verdicts.of_runs(asked.kind, await ends_of(asked, predicted.runs, services))
    said = mark(asked, verdict.answer, predicted.answer)
    return Revealed(truth=truth(verdict, Reader(language)), right=said.right, distance=said.distance)


async def ends_of(asked: AboutRuns, run_ids: Sequence[str], services: RunServices) -> list[End]:
    """How the runs of a question have ended. Raises: Invalid: they are others. Conflict: they go on."""
    configs = await services.aside(lambda: configs_of(Ask(about=asked)))
    if len(run_ids) != len(configs):
        raise Invalid("runs", N_("the question is about {n} {n:run|runs}"), n=len(configs))
    for run_id in run_ids:
        await services.recall(run_id)
    changed = asyncio.Event()
    async with AsyncExitStack() as stack:
        mirrors = [await stack.enter_async_context(services.engine.watch(one, changed)) for one in run_ids]
        for i, (mirror, config) in enumerate(zip(mirrors, configs, strict=True)):
            if mirror.state.config != config:
                raise Invalid(f"runs[{i}]", N_("this run has other settings than the step's"))
            if mirror.state.reason is None:
                raise Conflict(N_("The run has not come to its end yet."))
        return [end_of(mirror) for mirror in mirrors]


def asked_in_words(step: StepShown, language: Language) -> StepShown:
    """A step whose question is worded: by the lesson, or by the product."""
    if step.ask is None:
        return step
    text, asked = Reader(language).question(Ask(about=step.ask))
    return step.model_copy(update={"ask": asked, "ask_text": step.ask_text or text})


async def find(shelf: Shelf, name: str, services: RunServices) -> Lesson:
    """A lesson by its name. Raises: NotFound."""
    lessons = await services.aside(lambda: shelf.lessons)
    if name not in lessons:
        raise NotFound(N_("There is no lesson {name}."), name=name)
    return lessons[name]


async def lacks_program(
    check: ProgramCheck, tried: Tried, services: RunServices, client: Client
) -> list[Missing]:
    """What a program lacks, by running it. Raises: Invalid: there is none."""
    if tried.program is None:
        raise Invalid("program", N_("the task is about a program"))
    await services.limits.spend(client, "program")
    derivation = await services.sandbox.derive(tried.program, str(client))
    return list(of_program(check, tried.program, derivation))


async def lacks_run(
    check: RunCheck, tried: Tried, settings: Patch, services: RunServices, client: Client
) -> list[Missing]:
    """What a run lacks as it stands. Raises: Invalid: there is none. NotFound."""
    if tried.run is None:
        raise Invalid("run", N_("the task is about a run"))
    await services.limits.spend(client, "read")
    await services.recall(tried.run)
    state = (await services.engine.ask(Inspect(run_id=tried.run))).state
    snapshot = await snapshot_of(await services.engine.ask(TakeSnapshot(run_id=tried.run)))
    return list(of_run(check, state, snapshot.loss, settings))
