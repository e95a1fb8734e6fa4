"""Points read from tables, however they were written."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.protocol.data import MAX_COORDINATE, MAX_SAMPLES
from app.protocol.points import Delimiter
from app.protocol.table import DELIMITERS, Reading, read_points

COORDINATES = st.floats(-MAX_COORDINATE, MAX_COORDINATE, allow_nan=False)
ENDS = ["\n", "\r\n", "\r"]
POINTS = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=20)


def bad(reading: Reading) -> dict[int, str]:
    return {row.number: str(reason) for row, reason in reading.bad}


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("1,2\n3,4", "comma"),
        ("1, 2\r\n3, 4\r\n", "comma"),
        ("1;2\r3;4", "semicolon"),
        ("1,0;2,0\n3,0;4,0\n", "semicolon"),
        ("1,0\t2\n3,0\t4\n", "tab"),
        ("1.0 2\n3   4\n", "space"),
        ("  1,0  2\n  3,0  4  \n", "space"),
        ('"1","2"\n"3","4"', "comma"),
        ('"1,0","2,0"\n"3,0","4,0"', "comma"),
        ("\ufeffx,y\n1,2\n3,4", "comma"),
        ("time;temperature\n1;2\n3;4", "semicolon"),
        ("a b\n1 2\n3 4", "space"),
        ("\n\n1,2\n   \n3,4\n\n", "comma"),
        ("1e0,+2.\n.3e1,4E+0", "comma"),
    ],
)
def test_two_columns_are_read_however_they_are_separated(text: str, delimiter: str) -> None:
    reading = read_points(text)
    assert reading.points == [(1.0, 2.0), (3.0, 4.0)]
    assert (reading.delimiter, reading.bad) == (delimiter, [])


def test_a_first_row_without_numbers_is_the_header() -> None:
    assert read_points("x,y\n1,2\n").header == ("x", "y")
    assert read_points("1,2\n").header is None
    # Half a header is a row that is no point.
    assert bad(read_points("x,2\n1,2\n")) == {1: "x is not a number."}


def test_every_row_that_is_no_point_is_told_with_its_reason() -> None:
    reading = read_points('x,y\n1,2\n3\n4,5,6\n\n7,eight\n9,\nnan,1\ninf,1\n1e7,0\n0,1_0\n٣,1\n"2,1\n')
    assert reading.points == [(1.0, 2.0)]
    assert bad(reading) == {
        3: "It has 1 column; a point has two, x and y.",
        4: "It has 3 columns; a point has two, x and y.",
        6: "eight is not a number.",
        7: "A column is empty.",
        8: "nan is not a number.",
        9: "inf is not a number.",
        10: "1e7 is too large; numbers from -1,000,000 to 1,000,000 are allowed.",
        11: "1_0 is not a number.",
        12: "٣ is not a number.",
        13: "It has 1 column; a point has two, x and y.",
    }


def test_as_many_rows_as_points_are_allowed() -> None:
    rows = [f"{i},{-i}" for i in range(MAX_SAMPLES)]
    assert len(read_points("\n".join(["x,y", *rows])).points) == MAX_SAMPLES
    for more in ("1,2", "no point"):
        with pytest.raises(Invalid, match="more than 1000 rows"):
            read_points("\n".join([*rows, more]))


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_a_table_without_rows_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="empty"):
        read_points(text)


@given(
    POINTS,
    st.sampled_from(list(DELIMITERS)),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_was_written_is_read_again(
    points: list[tuple[float, float]], name: Delimiter, header: bool, quoted: bool, end: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(
        file,
        delimiter=DELIMITERS[name],
        lineterminator=end,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
    )
    writer.writerows(([("x", "y")] if header else []) + [(repr(x), repr(y)) for x, y in points])
    reading = read_points(file.getvalue())
    assert reading.points == points
    assert reading.bad == []
    assert (reading.header is not None) == header


@given(POINTS)
def test_so_is_what_is_written_with_decimal_commas(points: list[tuple[float, float]]) -> None:
    lines = [f"{x!r};{y!r}".replace(".", ",") for x, y in points]
    assert read_points("\n".join(lines)).points == points


ROWS = st.lists(
    st.sampled_from(
        ["1,2", "3;4", "5\t6", "7 8", "x,y", '"9"', '"', ",", ";;", "-.5,1e3", "\0", "\ufeff", "a"]
    )
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    min_size=1,
    max_size=30,
)


@given(ROWS)
def test_nothing_is_dropped_silently(rows: list[str]) -> None:
    text = "\n".join(rows)
    lines = [
        i for i, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1) if line.strip()
    ]
    try:
        reading = read_points(text)
    except Invalid:
        assert lines == []
        return
    told = len(reading.points) + len(reading.bad) + (reading.header is not None)
    assert told == len(lines)
    assert {row.number for row, _ in reading.bad} <= set(lines)
