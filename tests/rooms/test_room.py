"""A room under any commands: its log says all, no answer is lost, and nobody sees what they must not."""

import random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
)

from app.errors import PlaygroundError
from app.protocol.class_experiment import Experiment
from app.protocol.exercises import Question, TextAnswer
from app.protocol.rooms import (
    AboutProgram,
    Ask,
    MemberChange,
    RoomChange,
    RoomState,
    ShowsCode,
    ShowsProgram,
    ShowsWall,
)
from app.rooms import events as happened
from app.rooms import results, rules, views
from app.rooms.events import EVENT, Event, Verdict, verbatim
from app.rooms.room import after, folded
from app.web.edge.catalogue import Catalogue
from app.web.rooms.rooms import LiveRoom
from app.web.rooms.services import Reader
from app.web.rooms.viewer import RoomViewer
from tools.step import ROOT

READER = Reader(Catalogue(ROOT / "locales")["zh"])
OWNER = "owner-digest"
ABOUT = AboutProgram(
    program="print(1)", question=Question(id="printed 1", about="printed", line=1, answers=["text", "error"])
)
SCREENS = st.sampled_from(
    [ShowsCode(), ShowsProgram(program="x = 1"), ShowsWall(), ShowsWall(member=1), ShowsWall(member=2)]
)
STEPS = [rules.lock, rules.again, rules.close, rules.reveal]
FLAGS = st.none() | st.booleans()


class AnyLesson(RuleBasedStateMachine):
    """Members and a teacher who do anything in any order. What is refused must change nothing."""

    members = Bundle("members")

    def __init__(self) -> None:
        super().__init__()
        opened = happened.Opened(at=0, id="room", code="K7Q2MX", owner=OWNER, names="own", screen=ShowsCode())
        self.log: list[Event] = [opened]
        self.room = after(None, opened)
        self.answers: dict[tuple[int, int, int], str] = {}
        self.given: set[str] = set()
        self.dealt: dict[tuple[int, float], int] = {}
        self.n = 0

    def do(self, act: Any, *arguments: Any, **named: Any) -> Event | None:
        """Do something, unless it is refused."""
        self.n += 1
        before = self.room.__repr__()
        try:
            event: Event | None = act(self.room, float(self.n), *arguments, **named)
        except PlaygroundError:
            assert repr(self.room) == before
            return None
        if event is not None:
            self.log.append(event)
            self.room = after(self.room, event)
        return event

    @rule(target=members)
    def join(self) -> Any:
        name = f"name{self.n}x"
        event = self.do(rules.join, name, "en", f"token{self.n}x", 6, random.Random(self.n))
        return event.number if isinstance(event, happened.Joined) else multiple()

    @rule(number=consumes(members))
    def remove(self, number: int) -> None:
        self.do(rules.remove, number)

    @rule(number=members, admitted=FLAGS)
    def teacher_changes(self, number: int, admitted: bool | None) -> None:
        change = MemberChange(name=f"name{self.n}x", admitted=admitted)
        self.do(rules.change_member, number, change, by_owner=True)

    @rule(number=members, consents=FLAGS, admitted=st.just(True) | st.none())
    def member_changes(self, number: int, consents: bool | None, admitted: bool | None) -> None:
        change = MemberChange(consents=consents, admitted=admitted)
        event = self.do(rules.change_member, number, change, by_owner=False)
        assert event is None or admitted is None

    @rule(number=members, run=st.sampled_from(["run 1", ""]))
    def member_trains(self, number: int, run: str) -> None:
        self.do(rules.change_member, number, MemberChange(run=run), by_owner=False)

    @rule(number=members)
    def teacher_asks(self, number: int) -> None:
        event = self.do(rules.change, RoomChange(asking=number))
        if isinstance(event, happened.Changed):
            assert self.room.members[number].consents is not False

    @rule()
    def begin_experiment(self) -> None:
        self.do(rules.begin_experiment, Experiment())

    @precondition(lambda self: self.room.experiment)
    @rule(number=members, ends=st.booleans())
    def take_part(self, number: int, ends: bool) -> None:
        event = self.do(rules.deal, member=number, run=f"run {self.n}")
        if isinstance(event, happened.Dealt):
            key = (self.room.n_experiments, event.value)
            assert key not in self.dealt
            self.dealt[key] = number
            if ends:
                self.do(lambda room, at: happened.PartEnded(at=at, member=number, step=1, loss=None))

    @rule()
    def close_experiment(self) -> None:
        self.do(rules.close_experiment)

    @rule(locked=FLAGS, named=FLAGS, paused=FLAGS, screen=st.none() | SCREENS)
    def change(self, **wanted: Any) -> None:
        self.do(rules.change, RoomChange(**wanted))

    @rule()
    def ask(self) -> None:
        self.do(rules.ask, Ask(text="?", about=ABOUT), None)

    @precondition(lambda self: self.room.questions)
    @rule(number=members, question=st.integers(1, 3))
    def answer(self, number: int, question: int) -> None:
        secret = f"answer{self.n}x"
        given = TextAnswer(text=secret)
        event = self.do(rules.answer, question=question, member=number, given=given)
        if isinstance(event, happened.Answered):
            assert self.room.questions[question].phase == "open"
            assert question == self.room.current
            assert self.room.members[number].admitted
            self.answers[question, event.round, number] = secret
            self.given.add(secret)

    @precondition(lambda self: self.room.questions)
    @rule(
        what=st.sampled_from([rules.lock, rules.again, rules.close, rules.reveal]), number=st.integers(1, 3)
    )
    def go_on(self, what: Any, number: int) -> None:
        self.do(what, number)

    @precondition(lambda self: self.room.question and self.room.question.phase == "revealing")
    @rule(knows=st.booleans())
    def torch_answers(self, knows: bool) -> None:
        assert self.room.current is not None
        answer = TextAnswer(text="what torch says") if knows else None
        verdict = Verdict(answer=answer, shown=verbatim("so"))
        revealed = happened.Revealed(at=0, question=self.room.current, verdict=verdict)
        self.do(lambda room, at: revealed)

    @invariant()
    def no_answer_is_lost_or_rewritten(self) -> None:
        kept = {
            (question.number, i, member): answer.text
            for question in self.room.questions.values()
            for i, answers in enumerate(question.rounds, 1)
            for member, answer in answers.items()
            if isinstance(answer, TextAnswer)
        }
        assert kept == self.answers
        logged = [event.answer for event in self.log if isinstance(event, happened.Answered)]
        assert {answer.text for answer in logged if isinstance(answer, TextAnswer)} == self.given

    @invariant()
    def nobody_is_shown_large_without_their_word(self) -> None:
        screen = self.room.screen
        if isinstance(screen, ShowsWall) and screen.member is not None:
            assert self.room.members[screen.member].consents

    @invariant()
    def nobody_has_the_part_of_another(self) -> None:
        experiment = self.room.experiment
        for number, part in experiment.parts.items() if experiment else ():
            assert self.dealt[self.room.n_experiments, part.value] == number

    @invariant()
    def nobody_sees_what_they_must_not(self) -> None:
        room = self.room
        live = LiveRoom(room, None, len(self.log))
        asked = room.question
        is_revealed = asked is not None and asked.phase == "revealed"
        seen = {secret for key, secret in self.answers.items() if is_revealed and key[0] == room.current}
        tokens = {f'"{token}"' for token in {*room.tokens, *room.owners, *room.removed}}
        everybody = {member.number: member.name for member in room.members.values()}
        for role, token in [
            ("console", OWNER),
            ("projector", OWNER),
            *(("member", one) for one in room.tokens),
        ]:
            viewer = RoomViewer(live, role, token, READER, ("http://x",))  # type: ignore[arg-type]
            text = viewer.message()
            member = viewer.member
            state = views.state(room, live.now, viewer.role, READER, member, ("http://x",))
            assert RoomState.model_validate_json(text) == state
            own = set()
            if member is not None:
                own = {self.answers[key] for key in self.answers if key[::2] == (room.current, member.number)}
            known = {one for one in self.given if one in text}
            assert known <= own if not is_revealed else known <= own | seen
            assert not any(one in text for one in tokens)
            names = {number for number, name in everybody.items() if f'"{name}"' in text}
            if member is not None:
                assert names == {member.number}
            elif role == "projector":
                assert names == ({one.number for one in room.admitted} if room.named else set())
            else:
                assert names == everybody.keys()
        told = {number for number, question in room.questions.items() if question.phase == "revealed"}
        here = {one.number for one in room.admitted}
        for text in (
            results.table(room, READER, names=True),
            results.results(room, READER, names=True).model_dump_json(),
        ):
            for (question, _, number), secret in self.answers.items():
                assert (secret in text) == (question in told and number in here)

    def teardown(self) -> None:
        again = folded(EVENT.validate_json(event.model_dump_json()) for event in self.log)
        assert again == self.room


TestAnyLesson = AnyLesson.TestCase
TestAnyLesson.settings = settings(
    max_examples=40 if settings().max_examples <= 100 else 2000, stateful_step_count=30, deadline=None
)


def test_a_log_without_its_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        folded([])
    with pytest.raises(ValueError, match="begins with locked"):
        folded([happened.Locked(at=0, question=1)])
