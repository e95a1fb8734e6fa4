"""A lesson's file: YAML, read with the line of every field, so that a mistake can be told by its place."""

from collections.abc import Iterator
from typing import NamedTuple

import yaml
from pydantic import JsonValue, ValidationError
from yaml.nodes import MappingNode, Node, SequenceNode

from app.lessons.asking import Unasked, about
from app.lessons.settings import flat
from app.protocol.lessons import (
    CalculatorScene,
    ComparisonScene,
    Lesson,
    ProgramCheck,
    RunCheck,
    Scene,
    TrainingScene,
)
from app.protocol.patches import patched
from app.protocol.runs import RunConfig

MAX_FILE = 256 * 1024
"""Bytes of a file."""

Place = tuple[str | int, ...]


class Fault(NamedTuple):
    """A mistake in a file. where: the field, such as steps[2].task.check."""

    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return (
            f"line {self.line}: {self.where}: {self.message}"
            if self.where
            else f"line {self.line}: {self.message}"
        )


class Faulty(Exception):
    """A file that is no lesson. faults: all that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


class Tree:
    """A YAML document: its value, and the line of each of its fields. Raises: Faulty."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {}
        try:
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
                raise Faulty(Fault(1, "", "aliases (*name) are not allowed"))
            root = yaml.compose(text, yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise Faulty(Fault(mark.line + 1 if mark else 1, "", error.problem or "not YAML")) from error
        except yaml.YAMLError as error:
            raise Faulty(Fault(1, "", str(error).splitlines()[0])) from error
        if root is None:
            raise Faulty(Fault(1, "", "the file is empty"))
        self._scalars = yaml.SafeLoader("")
        self.value = self._value(root, ())

    def _value(self, node: Node, place: Place) -> JsonValue:
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, SequenceNode):
            return [self._value(item, (*place, i)) for i, item in enumerate(node.value)]
        if not isinstance(node, MappingNode):
            value: JsonValue = self._scalars.construct_object(node)
            return value
        found: dict[str, JsonValue] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if key.value in found:
                raise Faulty(Fault(line, written((*place, key.value)), "stands there twice"))
            self._lines[(*place, key.value)] = line
            found[key.value] = self._value(item, (*place, key.value))
        return found

    def fault(self, place: Place, message: str) -> Fault:
        """A mistake at a place, or at what is nearest to it. Tags of unions in the place are left out."""
        near: Place = ()
        for part in place:
            near = (*near, part) if (*near, part) in self._lines else near
        missing = place[-1:] if place and place[-1] not in near[-1:] and place[-1] != "" else ()
        return Fault(self._lines[near], written((*near, *missing)), message)


def written(place: Place) -> str:
    """A place as one writes it.

    >>> written(("steps", 2, "task", "text"))
    'steps[2].task.text'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


def read(text: str) -> Lesson:
    """The lesson of a file. Raises: Faulty."""
    if len(text.encode()) > MAX_FILE:
        raise Faulty(Fault(1, "", f"the file is larger than {MAX_FILE // 1024} kB"))
    tree = Tree(text)
    try:
        lesson = Lesson.model_validate(tree.value)
    except ValidationError as error:
        raise Faulty(*(tree.fault(e["loc"], e["msg"]) for e in error.errors())) from error
    if faults := list(faults_of(lesson, tree)):
        raise Faulty(*faults)
    return lesson


def faults_of(lesson: Lesson, tree: Tree) -> Iterator[Fault]:
    """What no record alone can see: settings that are not allowed, and questions that nothing answers."""
    scene: Scene | None = None
    wrong: list[Fault] = []
    for i, step in enumerate(lesson.steps):
        if step.scene is not None:
            scene = step.scene
            wrong = [tree.fault(("steps", i, "scene", *at), message) for at, message in wrong_settings(scene)]
            yield from wrong
        if wrong:
            continue
        if step.predict is not None:
            try:
                about(step.predict, scene)
            except Unasked as error:
                yield tree.fault(("steps", i, "predict", "what"), str(error))
        if step.task is not None:
            for at, message in wrong_check(step.task.check, scene):
                yield tree.fault(("steps", i, "task", "check", *at), message)


def wrong_check(check: RunCheck | ProgramCheck, scene: Scene | None) -> Iterator[tuple[Place, str]]:
    """What of a check can never come true of the scene that the reader has."""
    if isinstance(check, ProgramCheck):
        if not isinstance(scene, CalculatorScene):
            yield ("of",), "the step's scene has no program"
        return
    if not isinstance(scene, TrainingScene):
        yield ("of",), "the step's scene has no run of the reader's own"
        return
    try:
        config = patched(RunConfig(), scene.settings)
        patched(config, check.settings)
    except ValidationError as error:
        yield from ((("settings", *e["loc"]), e["msg"]) for e in error.errors())
        return
    for i, path in enumerate(check.changed):
        if path not in dict(flat(config.model_dump(mode="json"))):
            yield ("changed", i), f"there is no setting {path}"


def wrong_settings(scene: Scene) -> Iterator[tuple[Place, str]]:
    """Each setting of a scene that is not allowed, and why."""
    if not isinstance(scene, TrainingScene | ComparisonScene):
        return
    try:
        config = patched(RunConfig(), scene.settings)
    except ValidationError as error:
        yield from ((("settings", *e["loc"]), e["msg"]) for e in error.errors())
        return
    known = dict(flat(config.model_dump(mode="json")))
    for i, path in enumerate((isinstance(scene, TrainingScene) and scene.free) or ()):
        if not any(f"{name}.".startswith(f"{path}.") for name in known):
            yield ("free", i), f"there is no setting {path}"
    for i, patch in enumerate(scene.vary if isinstance(scene, ComparisonScene) else ()):
        try:
            patched(config, patch)
        except ValidationError as error:
            yield from ((("vary", i, *e["loc"]), e["msg"]) for e in error.errors())
