"""What may be done in a room, by whom and when: each function gives the event of what is done, or refuses it.

Raises, all of them: PlaygroundError: it is refused.
"""

import random
from typing import Protocol

from app.errors import N_, Conflict, NotFound, NotOwner, PlaygroundError, TooMany
from app.protocol.class_experiment import MAX_EXPERIMENTS, Experiment
from app.protocol.rooms import (
    MAX_QUESTIONS,
    Answer,
    Ask,
    MemberChange,
    RoomChange,
    Screen,
    ShowsExperiment,
    ShowsProgram,
    ShowsRun,
    ShowsWall,
)
from app.rooms import answers, names
from app.rooms import events as happened
from app.rooms.class_experiment import ClassExperiment
from app.rooms.room import Member, Question, Room

HELPER = 600.0
"""Seconds for which a helper's ticket is good."""
MAX_OWNERS = 16
MAX_TICKETS = 32
RETRY_AFTER = 60.0

CODES = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class Chance(Protocol):
    """What draws at random: `random.SystemRandom`, or one with a seed."""

    def choice(self, seq: str) -> str:
        """One of them."""


def new_code(chance: Chance) -> str:
    """A code by which a room is joined."""
    return "".join(chance.choice(CODES) for _ in range(6))


# Owners.


def make_ticket(room: Room, at: float, *, owner: str, ticket: str, helper: bool) -> happened.Ticketed:
    """Make a ticket."""
    valid = [one for one in room.tickets.values() if one.until is None or one.until > at]
    if len(valid) >= MAX_TICKETS:
        raise TooMany(RETRY_AFTER, N_("There are as many links for teachers as there may be."))
    return happened.Ticketed(at=at, ticket=ticket, by=owner, until=at + HELPER if helper else None)


def redeem(room: Room, at: float, *, ticket: str, owner: str) -> happened.OwnerJoined:
    """Become an owner."""
    found = room.tickets.get(ticket)
    if found is None or (found.until is not None and found.until <= at):
        raise NotOwner(N_("This link has been used, or is too old. Ask for another one."))
    if len(room.owners) >= MAX_OWNERS:
        raise TooMany(RETRY_AFTER, N_("The room has as many teachers as it may have."))
    return happened.OwnerJoined(at=at, owner=owner, ticket=ticket)


def leave_owners(room: Room, at: float, *, owner: str) -> happened.OwnerLeft:
    """Be an owner no longer."""
    if room.owners == {owner}:
        raise Conflict(N_("Nobody else has this room. Give somebody a link first, or end the room."))
    return happened.OwnerLeft(at=at, owner=owner)


# Members.


def join(  # noqa: PLR0917
    room: Room, at: float, name: str | None, language: str, token: str, most: int, chance: random.Random
) -> happened.Joined:
    """Come into the room. token: the digest of the new member's."""
    if len(room.members) >= most:
        raise TooMany(RETRY_AFTER, N_("The room is full: {most} {most:is|are} here."), most=most)
    taken = [member.name for member in room.members.values()]
    name = names.made(taken, language, chance) if name is None else may_be_called(room, name, taken)
    number = room.n_joined + 1
    return happened.Joined(at=at, number=number, name=name, token=token, admitted=not room.locked)


def may_be_called(room: Room, name: str, taken: list[str]) -> str:
    """A name that a member chose."""
    name = names.checked(name, taken)
    if room.names == "generated" and not names.is_made(name):
        raise Conflict(N_("In this room everybody has a name that the server made."))
    return name


def member_of(room: Room, number: int) -> Member:
    """A member."""
    try:
        return room.members[number]
    except KeyError:
        raise NotFound(N_("There is no member {number} in this room."), number=number) from None


def change_member(
    room: Room, at: float, number: int, change: MemberChange, *, by_owner: bool
) -> happened.MemberChanged:
    """Change a member: the teacher names and admits, the member has a run and consents."""
    member = member_of(room, number)
    theirs = ("run", "consents") if by_owner else ("admitted",)
    for name in theirs:
        if getattr(change, name) is not None:
            template = (
                N_("Only the member themselves can change that.")
                if by_owner
                else N_("Only the teacher can change that.")
            )
            raise NotOwner(template)
    if change.name is not None:
        taken = [one.name for one in room.members.values() if one is not member]
        found = names.checked(change.name, taken) if by_owner else may_be_called(room, change.name, taken)
        change = change.model_copy(update={"name": found})
    return happened.MemberChanged(at=at, number=number, change=change)


def remove(room: Room, at: float, number: int) -> happened.Removed:
    """Remove a member, who may come again as another one."""
    return happened.Removed(at=at, number=member_of(room, number).number)


# What is shown.


def change(room: Room, at: float, wanted: RoomChange) -> happened.Changed:
    """Change the room."""
    if wanted.screen is not None:
        check_screen(room, wanted.screen)
    if wanted.asking is not None:
        check_asking(member_of(room, wanted.asking))
    return happened.Changed(at=at, change=wanted)


def show_what_was_before(room: Room, at: float) -> happened.Changed | None:
    """Follow again what was followed before a reveal. None: something else is shown, or a lesson's step."""
    if room.before is None or room.lesson is not None or not room.shows_own:
        return None
    try:
        return change(room, at, RoomChange(screen=room.before))
    except PlaygroundError:  # Whose run it is may not want it shown any more.
        return None


def check_asking(member: Member) -> None:
    """Refuse to ask a member for what there is not, or what they have refused."""
    if member.run is None or not member.admitted:
        raise Conflict(N_("{name} has no run on the wall."), name=member.name)
    if member.consents is False:
        raise Conflict(N_("{name} does not want their run to be shown large."), name=member.name)


def check_screen(room: Room, screen: Screen) -> None:
    """Refuse to show what there is not, or what a member does not consent to."""
    shown = None
    if isinstance(screen, ShowsWall) and screen.member is not None:
        shown = member_of(room, screen.member)
    if isinstance(screen, ShowsRun):
        shown = next((member for member in room.members.values() if member.run == screen.run), None)
    if shown is not None and not shown.consents:
        raise Conflict(N_("{name} has not agreed that their run is shown large."), name=shown.name)
    if isinstance(screen, ShowsProgram) and screen.derivation is not None:
        derivation_of(room, screen.derivation)
    if isinstance(screen, ShowsExperiment):
        experiment_of(room)


def derivation_of(room: Room, number: int) -> str:
    """What torch made of a program."""
    try:
        return room.derivations[number]
    except KeyError:
        template = N_("The room has no result {number}, or no longer. Run the program again.")
        raise NotFound(template, number=number) from None


# The class as one experiment.


def begin_experiment(room: Room, at: float, asked: Experiment) -> happened.ExperimentBegun:
    """Make the class an experiment, in place of an earlier one."""
    if room.n_experiments >= MAX_EXPERIMENTS:
        raise TooMany(
            RETRY_AFTER,
            N_("In one room {most} {most:experiment|experiments} can be made."),
            most=MAX_EXPERIMENTS,
        )
    return happened.ExperimentBegun(at=at, number=room.n_experiments + 1, asked=asked)


def experiment_of(room: Room) -> ClassExperiment:
    """The experiment that the class is."""
    if room.experiment is None:
        raise NotFound(N_("The class is no experiment now."))
    return room.experiment


def deal(room: Room, at: float, *, member: int, run: str) -> happened.Dealt | None:
    """Give a member the next value. None: they have one."""
    experiment = experiment_of(room)
    if not member_of(room, member).admitted:
        raise Conflict(N_("Wait until the teacher lets you in."))
    if member in experiment.parts:
        return None
    return happened.Dealt(at=at, member=member, value=experiment.next_value, run=run)


def close_experiment(room: Room, at: float) -> happened.ExperimentClosed | None:
    """Make the class an experiment no longer. None: it is none."""
    return happened.ExperimentClosed(at=at) if room.experiment is not None else None


# Questions.


def ask(room: Room, at: float, asked: Ask, key: str | None) -> happened.Asked:
    """Ask; whatever was asked before is not asked any longer."""
    is_free(room)
    if len(room.questions) >= MAX_QUESTIONS:
        raise TooMany(
            RETRY_AFTER, N_("In one room {most} {most:question|questions} can be asked."), most=MAX_QUESTIONS
        )
    return happened.Asked(at=at, number=len(room.questions) + 1, ask=asked, key=key)


def is_free(room: Room) -> None:
    """Wait for torch, if it computes an answer."""
    if room.question is not None and room.question.phase == "revealing":
        raise Conflict(N_("Torch is computing the answer. Wait until it is there."))


def question_of(room: Room, number: int) -> Question:
    """A question."""
    try:
        return room.questions[number]
    except KeyError:
        raise NotFound(N_("There is no question {number} in this room."), number=number) from None


def answer(room: Room, at: float, *, question: int, member: int, given: Answer) -> happened.Answered:
    """Answer, or answer otherwise."""
    asked = question_of(room, question)
    if not member_of(room, member).admitted:
        raise Conflict(N_("Wait until the teacher lets you in."))
    if asked.phase != "open" or room.current != question:
        raise Conflict(N_("No more answers are taken to this question."))
    answers.check(asked.ask.about, given)
    return happened.Answered(at=at, question=question, round=asked.round, member=member, answer=given)


def lock(room: Room, at: float, number: int) -> happened.Locked | None:
    """Take no more answers. None: none are taken already."""
    question = question_of(room, number)
    return happened.Locked(at=at, question=number) if question.phase == "open" else None


def again(room: Room, at: float, number: int) -> happened.AskedAgain:
    """Ask once more, after people have talked."""
    question = question_of(room, number)
    is_free(room)
    if question.phase not in ("open", "locked") or room.current != number:
        raise Conflict(N_("The answer has been seen; a second round comes before that."))
    if question.round > 1:
        raise Conflict(N_("This is the second round already."))
    return happened.AskedAgain(at=at, question=number)


def reveal(room: Room, at: float, number: int) -> happened.Revealing | happened.Revealed | None:
    """Show the answers: at once where torch need not be asked. None: that is done, or under way."""
    question = question_of(room, number)
    has_failed = question.phase == "revealed" and question.verdict and question.verdict.answer is None
    if question.phase in ("revealing", "revealed") and not has_failed:
        return None
    is_free(room)
    if question.is_poll:
        return happened.Revealed(at=at, question=number, verdict=None)
    return happened.Revealing(at=at, question=number)


def close(room: Room, at: float, number: int) -> happened.Closed | None:
    """Ask a question no longer. None: it is not asked."""
    question_of(room, number)
    if room.current != number:
        return None
    is_free(room)
    return happened.Closed(at=at, question=number)
