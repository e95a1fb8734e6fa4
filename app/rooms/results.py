"""The results of a room as a table or as records: of what is revealed only."""

import csv
import io
from typing import Any

from app.rooms.answers import plain
from app.rooms.room import Question, Room
from app.rooms.views import Reader

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
"""Beginnings of a cell that a spreadsheet may take for a formula."""
COLUMNS = ("question", "text", "round", "member", "name", "answer", "right", "distance")


def results(room: Room, reader: Reader, *, names: bool) -> dict[str, Any]:
    """All questions, and of those that are revealed what was answered and what torch said."""
    return {
        "code": room.code,
        "members": [
            {"number": member.number, **({"name": member.name} if names else {})} for member in room.admitted
        ],
        "questions": [question_of(room, question, reader) for question in room.questions.values()],
    }


def question_of(room: Room, question: Question, reader: Reader) -> dict[str, Any]:
    """One question."""
    text, _ = reader.question(question.ask)
    is_revealed = question.phase == "revealed"
    verdict = question.verdict if is_revealed else None
    return {
        "number": question.number,
        "text": text,
        "about": question.ask.about.model_dump(mode="json"),
        "phase": question.phase,
        "truth": None
        if verdict is None or verdict.answer is None
        else verdict.answer.model_dump(mode="json"),
        "shown": None if verdict is None else reader.text(verdict.shown.template, verdict.shown.params),
        "rounds": [
            [
                {
                    "member": member.number,
                    "answer": answers[member.number].model_dump(mode="json"),
                    "right": marks[member.number].right,
                    "distance": marks[member.number].distance,
                }
                for member in room.admitted
                if member.number in answers
            ]
            for answers, marks in zip(question.rounds, question.marks, strict=True)
        ]
        if is_revealed
        else [],
    }


def table(room: Room, reader: Reader, *, names: bool) -> str:
    """The same as CSV, a row for each answer."""
    text = io.StringIO()
    columns = [name for name in COLUMNS if names or name != "name"]
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for question in room.questions.values():
        if question.phase != "revealed":
            continue
        asked, _ = reader.question(question.ask)
        for number, (answers, marks) in enumerate(zip(question.rounds, question.marks, strict=True), 1):
            for member in room.admitted:
                if member.number in answers:
                    mark = marks[member.number]
                    cells = {
                        "question": question.number,
                        "text": defused(asked),
                        "round": number,
                        "member": member.number,
                        "name": defused(member.name),
                        "answer": defused(plain(answers[member.number])),
                        "right": "" if mark.right is None else str(mark.right).lower(),
                        "distance": "" if mark.distance is None else f"{mark.distance:.6g}",
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
