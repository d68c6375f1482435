import pytest

from mediabridge.records.codes import Period, permitted_periods, table


@pytest.mark.parametrize(
    ("cell", "period", "allowed"),
    [
        ("5y 3y 1y 3m", (3, 0, 0), True),
        ("5y 3y 1y 3m", (2, 0, 0), False),
        ("5y 3y 1y 3m", (0, 3, 0), True),
        ("3y 1y 6m 3m 30d", (0, 0, 30), True),
        ("90d 30d <=15d", (0, 0, 7), True),
        ("90d 30d <=15d", (0, 0, 16), False),
        ("<=4y3m", (4, 3, 0), True),
        ("<=4y3m", (4, 4, 0), False),
        ("<=4y3m", (0, 0, 0), False),
        ("<=1y", (0, 0, 31), True),
        ("indefinite", (1, 0, 0), False),
        ("mission", (1, 0, 0), False),
        ("", (7, 0, 0), True),
    ],
)
def test_period_is_allowed(cell: str, period: Period, allowed: bool) -> None:
    assert permitted_periods(cell).allows(period) is allowed


def test_words_are_told_apart() -> None:
    assert permitted_periods("indefinite").indefinite
    assert permitted_periods("mission").mission
    assert not permitted_periods("5y").indefinite
    assert not permitted_periods("").known


@pytest.mark.parametrize("cell", ["5", "y", "<=", "5y  3y", "forever", "3m5y", "5Y", " "])
def test_wrong_word_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="period"):
        permitted_periods(cell)


def test_every_status_has_periods() -> None:
    for code, entry in table("status_of_residence").entries.items():
        assert permitted_periods(entry.extra["periods"]).known is not code.startswith("9")
