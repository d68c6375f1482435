"""A table on a narrow screen: everything is there, nothing is wider than the screen."""

import pytest
from rich.cells import cell_len

from mediabridge.cli._result import Table
from mediabridge.shown.fold import lines_of

WIDE = Table(
    ["no.", "from", "状態", "bundle"],
    [
        ["1", "lgwan-01", "承認済み、書き込み待ち", "0123456789abcdef0123456789abcdef"],
        ["12", "registry-01", "", "f" * 32],
    ],
    right=frozenset({0}),
)


def test_wide_screen_keeps_the_columns() -> None:
    assert lines_of(WIDE, None) == lines_of(WIDE, 80)
    assert lines_of(WIDE, 80)[2:] == [
        "  1  lgwan-01     承認済み、書き込み待ち  0123456789abcdef0123456789abcdef",
        " 12  registry-01                          " + "f" * 32,
    ]


def test_what_does_not_fit_stands_below_with_its_heading() -> None:
    headings = ["no.", "found", "wanted", "why"]
    table = Table(headings, [["1", "x" * 30, "y y", "z " * 20], ["2", "x", "", ""]])
    assert lines_of(table, 36) == [
        "no.  found",
        "---  " + "-" * 30,
        "1    " + "x" * 30,
        "      wanted: y y",
        "      why: z z z z z z z z z z z z",
        "        z z z z z z z z",
        "2    x",
    ]


def test_last_column_of_words_is_wrapped_where_it_stands() -> None:
    table = Table(["what", "value"], [["route", "one two three four five six seven"]])
    assert lines_of(table, 32) == [
        "what   value",
        "-----  " + "-" * 25,
        "route  one two three four five",
        "       six seven",
    ]


@pytest.mark.parametrize("width", [20, 31, 40, 59, 60, 79, 80])
@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_nothing_is_lost_and_nothing_is_wider(width: int, columns: int) -> None:
    table = Table(WIDE.headings[:columns], [row[:columns] for row in WIDE.rows], WIDE.right)
    lines = lines_of(table, width)
    assert max(map(cell_len, lines)) <= width
    packed = "".join("".join(lines).split())
    for row in table.rows:
        for cell in row:
            assert all(piece in packed for piece in cell.split()) or _in_pieces(cell, lines)


def _in_pieces(cell: str, lines: list[str]) -> bool:
    """Tell whether *cell*, broken over lines, is there: every character, in order."""
    rest = iter("".join(lines))
    return all(character in rest for character in cell if character.strip())


def test_what_steers_a_terminal_is_escaped_before_it_is_measured() -> None:
    assert lines_of(Table(["a"], [["\x1b[2J\u202e"]]), 80)[2] == r"\x1b[2J\u202e"
