"""`/api/lessons`: lessons in the reader's language, and whether a task is done."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from app.engine.answers import snapshot_of
from app.engine.commands import Inspect, TakeSnapshot
from app.errors import N_, Invalid, NotFound
from app.lessons.checks import Missing, of_program, of_run
from app.lessons.shelf import Shelf, offer, scene_of, shown
from app.protocol.lessons import (
    MAX_LESSON_STEPS,
    Checked,
    Lesson,
    LessonOffers,
    LessonShown,
    ProgramCheck,
    RunCheck,
    TrainingScene,
    Tried,
)
from app.protocol.patches import Patch
from app.web.edge.guard import require_json
from app.web.edge.limits import Client
from app.web.edge.openapi import problems
from app.web.edge.services import ClientDep, LanguageDep
from app.web.runs.services import RunServices, RunServicesDep

NAME = r"^[a-z0-9][a-z0-9-]{0,63}$"

router = APIRouter(prefix="/api/lessons", tags=["lessons"])


def shelf_of(request: Request) -> Shelf:
    """The server's lessons."""
    shelf: Shelf = request.app.state.lessons
    return shelf


ShelfDep = Annotated[Shelf, Depends(shelf_of)]
Name = Annotated[str, Path(pattern=NAME)]


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
    return shown(lesson, await find(shelf, lesson, services), language.code)


@router.post(
    "/{lesson}/steps/{number}/check",
    summary="Whether a step's task is done",
    responses=problems(400, 404, 413, 415, 422, 429, 503),
    dependencies=[Depends(require_json)],
)
async def check(  # noqa: PLR0917
    lesson: Name,
    number: Annotated[int, Path(ge=1, le=MAX_LESSON_STEPS, description="Which step, counted from 1.")],
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
    state = (await services.engine.ask(Inspect(run_id=tried.run))).state
    snapshot = await snapshot_of(await services.engine.ask(TakeSnapshot(run_id=tried.run)))
    return list(of_run(check, state, snapshot.loss, settings))
