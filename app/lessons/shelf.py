"""All lessons there are: those that come with the product, and those of a folder."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from app.lessons.asking import about
from app.lessons.file import MAX_FILE, Fault, Faulty, read
from app.protocol.lessons import Lesson, LessonOffer, LessonShown, Scene, Step, StepShown, TaskShown

MAX_LESSONS = 500
OURS = Path(__file__).parent / "ours"

logger = logging.getLogger(__name__)


class Stamp(NamedTuple):
    """By which a file is known to have changed."""

    modified: int
    size: int


class Shelf:
    """The lessons of folders, by the names of their files; of two with one name the later folder's counts.

    Files that have changed are read again when somebody asks. One that is no lesson is named in the log, and
    what it held before is kept.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = (OURS, *folders)
        self._stamps: dict[Path, Stamp] = {}
        self._read: dict[Path, Lesson] = {}

    @property
    def lessons(self) -> Mapping[str, Lesson]:
        """All lessons as they are now, in their order. Looks at the folders, so not for the event loop."""
        files = {path.stem: path for path in self._files()}
        for path in files.values():
            self._refresh(path)
        found = [(name, self._read[path]) for name, path in files.items() if path in self._read]
        return dict(sorted(found, key=lambda item: (item[1].order, item[0])))

    def _files(self) -> Iterator[Path]:
        for folder in self._folders:
            try:
                yield from sorted(folder.glob("*.yaml"))[:MAX_LESSONS]
            except OSError as error:
                logger.error("lessons of %s cannot be read: %s", folder, error)

    def _refresh(self, path: Path) -> None:
        try:
            status = path.stat()
            stamp = Stamp(status.st_mtime_ns, status.st_size)
            if self._stamps.get(path) == stamp:
                return
            self._stamps[path] = stamp
            self._read[path] = read_file(path)
        except Faulty as error:
            for fault in error.faults:
                logger.error("%s, %s", path, fault)
        except OSError as error:
            logger.error("%s cannot be read: %s", path, error)


def read_file(path: Path) -> Lesson:
    """The lesson of a file. Raises: Faulty, OSError."""
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    try:
        return read(data.decode())
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Faulty(Fault(line, "", "not UTF-8")) from error


def offer(name: str, lesson: Lesson, language: str) -> LessonOffer:
    """A lesson for the list."""
    return LessonOffer(
        id=name,
        title=lesson.title.own(language),
        about=lesson.about.own(language),
        minutes=lesson.minutes,
        steps=len(lesson.steps),
    )


def shown(name: str, lesson: Lesson, language: str) -> LessonShown:
    """A lesson as it is read."""
    steps = [step_shown(step, scene_of(lesson, i), language) for i, step in enumerate(lesson.steps)]
    return LessonShown(**dict(offer(name, lesson, language)), shown=steps)


def scene_of(lesson: Lesson, number: int) -> Scene | None:
    """The scene of a step: its own, or the last one before it."""
    scenes = [step.scene for step in lesson.steps[: number + 1] if step.scene is not None]
    return scenes[-1] if scenes else None


def step_shown(step: Step, scene: Scene | None, language: str) -> StepShown:
    """A step as it is read."""
    predict, task = step.predict, step.task
    return StepShown(
        title=step.title.own(language),
        text=step.text.own(language),
        scene=scene,
        ask=predict and about(predict, scene),
        ask_text=predict.text.own(language) if predict and predict.text else None,
        task=task
        and TaskShown(
            text=task.text.own(language),
            hint=task.hint and task.hint.own(language),
            of=task.check.of,
        ),
    )
