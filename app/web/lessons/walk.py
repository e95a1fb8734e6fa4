"""A lesson in a room: each step's scene goes on the class's screen, and its prediction is asked."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from pydantic import JsonValue

from app.engine.commands import Inspect
from app.errors import N_, Conflict, PlaygroundError
from app.lessons.asking import about, trial_of
from app.lessons.shelf import scene_of
from app.protocol.lessons import CalculatorScene, ComparisonScene, Lesson, Scene, TrainingScene
from app.protocol.patches import patched
from app.protocol.rooms import AboutRuns, Ask, LessonPlace, ShowsProgram
from app.rooms import events as happened
from app.rooms import rules
from app.rooms.events import Event
from app.web.edge.limits import Client
from app.web.rooms import trial
from app.web.rooms.reveal import show, showing, showing_result
from app.web.rooms.rooms import LiveRoom, Rooms
from app.web.runs.services import RunServices

MOST_POINTS = 200
"""More would make every message of the room long."""


@dataclass(frozen=True)
class Walk:
    """A class's way through a lesson. client: whose runs and programs it takes. language: the teacher's."""

    services: RunServices
    rooms: Rooms
    live: LiveRoom
    client: Client
    language: str

    async def go(self, lesson: Lesson, place: LessonPlace) -> None:
        """Take the class to a step. Raises: PlaygroundError: torch is at work, or it cannot be shown."""
        async with self.live.leading:
            room, number = self.live.room, place.step - 1
            rules.is_free(room)
            is_asked = room.question is not None and room.question.phase != "revealed"
            if room.lesson == place and is_asked:
                return  # A second press, or a second teacher's.
            step, scene = lesson.steps[number], scene_of(lesson, number)
            asked = None
            if step.predict is not None:
                text = step.predict.text.own(self.language) if step.predict.text else None
                asked = Ask(text=text, about=about(step.predict, scene))
            goes_on = room.lesson == place.model_copy(update={"step": number}) and step.scene is None
            events: list[Event] = []
            if asked is not None or not goes_on:
                asked, events = await self._shown(scene, asked)
            at = self.rooms.clock()
            if asked is not None:
                events.append(rules.ask(room, at, asked, None))
            elif room.current is not None:
                events.append(happened.Closed(at=at, question=room.current))
            self.rooms.note(self.live, *events, happened.Led(at=at, place=place))

    async def _shown(self, scene: Scene | None, asked: Ask | None) -> tuple[Ask | None, list[Event]]:
        """Show a scene, its runs before their first step. The question as it is to be asked, and events."""
        at = self.rooms.clock()
        if isinstance(scene, CalculatorScene):
            program = ShowsProgram(program=scene.program)
            if asked is not None:
                return asked, [showing(at, program)]
            found = await self.services.sandbox.derive(scene.program, str(self.client))
            return None, showing_result(self.live.room, at, scene.program, found) or [showing(at, program)]
        if scene is not None:
            asked = await self._show_runs(scene, asked)
        return asked, []

    async def _show_runs(self, scene: TrainingScene | ComparisonScene, asked: Ask | None) -> Ask | None:
        services, wanted = self.services, trial_of(scene)
        configs = [patched(wanted.config, patch) for patch in wanted.vary]
        if asked is not None:
            if asked.about.kind == "curve":
                asked = await self._with_points(asked, asked.about)
            assert isinstance(asked.about, AboutRuns)
            wanted, configs = asked.about.trial, trial.configs_of(asked)
        runs = await trial.begun(services, self.client, wanted, configs)
        await show(services, self.rooms, self.live, runs)
        return asked

    async def _with_points(self, asked: Ask, about_curve: AboutRuns) -> Ask:
        """The question about the same run with its points told one by one, which members draw over."""
        services, wanted = self.services, about_curve.trial
        runs = await trial.begun(services, self.client, wanted, trial.configs_of(asked))
        async with services.engine.watch(runs.ids[0], asyncio.Event()) as mirror:
            points: list[JsonValue] = [[*pair] for pair in zip(mirror.points.x, mirror.points.y, strict=True)]
        await trial.delete(services.engine, runs.ids)
        few = points[:: -(-len(points) // MOST_POINTS)]
        config = patched(wanted.config, {"data": {"points": few, "scale_x": False, "test_fraction": 0.0}})
        told = wanted.model_copy(update={"config": config})
        return asked.model_copy(update={"about": about_curve.model_copy(update={"trial": told})})

    async def play(self) -> None:
        """Play the step's runs in front of everybody. Raises: Conflict: none wait for that."""
        room = self.live.room
        if room.question is None and room.shows_own:
            state = (await self.services.engine.ask(Inspect(run_id=room.runs[0]))).state
            runs = trial.TrialRuns(self.services, room.runs, room.comparison, state.config.max_steps)
            if state.step == 0 and state.status == "ready":
                return self.live.begin(self._play(runs))
        raise Conflict(N_("No runs of the lesson wait to be played. Show the step again."))

    @staticmethod
    async def _play(runs: trial.TrialRuns) -> None:
        with suppress(PlaygroundError):  # The screens show it.
            await runs.play()
