"""The results of a room as a table."""

import csv
import io

from app.protocol.exercises import ChoiceAnswer, Question, TextAnswer
from app.protocol.rooms import AboutProgram, Answer, Ask, ShowsCode
from app.rooms import events as happened
from app.rooms.events import Event, Verdict, verbatim
from app.rooms.results import COLUMNS, table
from app.rooms.room import folded
from app.web.edge.catalogue import Catalogue
from app.web.rooms.services import Reader
from tools.step import ROOT

READER = Reader(Catalogue(ROOT / "locales")["en"])
FORMULAS = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "  =1"]
ABOUT = AboutProgram(
    program="print(1)", question=Question(id="printed 1", about="printed", line=1, answers=["text", "choice"])
)


def test_no_cell_of_the_table_is_a_formula() -> None:
    answers: list[Answer] = [TextAnswer(text=formula) for formula in FORMULAS]
    answers += [TextAnswer(text="-0.5"), ChoiceAnswer(choice=1)]
    log: list[Event] = [
        happened.Opened(at=0, id="r", code="K7Q2MX", owner="o", names="own", screen=ShowsCode()),
        happened.Asked(at=0, number=1, ask=Ask(text="=HYPERLINK(1)", about=ABOUT)),
    ]
    for number, answer in enumerate(answers, 1):
        name = f"={number}"
        log += [
            happened.Joined(at=0, number=number, name=name, token=f"t{number}", admitted=True),
            happened.Answered(at=0, question=1, round=1, member=number, answer=answer),
        ]
    verdict = Verdict(answer=TextAnswer(text="-0.5"), shown=verbatim("-0.5"))
    log.append(happened.Revealed(at=0, question=1, verdict=verdict))
    rows = list(csv.reader(io.StringIO(table(folded(log), READER, names=True))))
    assert tuple(rows[0]) == COLUMNS
    assert [row[5] for row in rows[1:]] == [*(f"'{formula}" for formula in FORMULAS), "-0.5", "2"]
    assert [row[6] for row in rows[1:]] == ["false"] * 6 + ["true", "false"]
    assert {row[1][:2] for row in rows[1:]} == {"'="}
    assert all(row[4].startswith("'=") for row in rows[1:])
