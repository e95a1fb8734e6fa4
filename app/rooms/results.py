"""The results of a room as a table or as records: of what is revealed only."""

import csv
import io
from typing import NamedTuple

from app.protocol.rooms import Answer, ResultAnswer, ResultMember, ResultQuestion, RoomResults
from app.rooms.answers import plain
from app.rooms.room import Member, Question, Room
from app.rooms.views import Reader, truth

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
"""Beginnings of a cell that a spreadsheet may take for a formula."""
COLUMNS = ("question", "text", "round", "member", "name", "answer", "right", "distance")


class Given(NamedTuple):
    """An answer and what torch says to it."""

    answer: Answer
    right: bool | None
    distance: float | None


def results(room: Room, reader: Reader, *, names: bool) -> RoomResults:
    """All questions, and of those that are revealed what was answered and what torch said."""
    return RoomResults(
        code=room.code,
        members=[
            ResultMember(number=member.number, name=member.name if names else None)
            for member in room.admitted
        ],
        questions=[question_of(room, question, reader) for question in room.questions.values()],
    )


def question_of(room: Room, question: Question, reader: Reader) -> ResultQuestion:
    """One question."""
    text, about = reader.question(question.ask)
    verdict = question.verdict if question.phase == "revealed" else None
    return ResultQuestion(
        number=question.number,
        text=text,
        about=about,
        phase=question.phase,
        truth=verdict and truth(verdict, reader),
        rounds=[
            [ResultAnswer(member=member.number, **given._asdict()) for member, given in answers]
            for answers in rounds(room, question)
        ],
    )


def rounds(room: Room, question: Question) -> list[list[tuple[Member, Given]]]:
    """What each member answered in each round; nothing before it is revealed."""
    if question.phase != "revealed":
        return []
    return [
        [
            (member, Given(answers[member.number], *marks[member.number]))
            for member in room.admitted
            if member.number in answers
        ]
        for answers, marks in zip(question.rounds, question.marks, strict=True)
    ]


def table(room: Room, reader: Reader, *, names: bool) -> str:
    """The same as CSV, a row for each answer."""
    text = io.StringIO()
    columns = [name for name in COLUMNS if names or name != "name"]
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for question in room.questions.values():
        asked, _ = reader.question(question.ask)
        for number, answers in enumerate(rounds(room, question), 1):
            for member, given in answers:
                cells = {
                    "question": question.number,
                    "text": defused(asked),
                    "round": number,
                    "member": member.number,
                    "name": defused(member.name),
                    "answer": defused(plain(given.answer)),
                    "right": "" if given.right is None else str(given.right).lower(),
                    "distance": "" if given.distance is None else f"{given.distance:.6g}",
                }
                writer.writerow(cells)
    return text.getvalue()


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    >>> defused("=1+1"), defused("-0.5")
    ("'=1+1", '-0.5')
    """
    try:
        float(cell)
    except ValueError:
        return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell
    return cell
