"""Where a missing number may be: what verified headers and the sender's log say of it."""

from __future__ import annotations

from typing import Any

import pytest

from mediabridge import canonical
from mediabridge.bundle.header import Copy, Header, Outstanding, parse_header
from mediabridge.config import LIMITS
from mediabridge.errors import HeaderMalformedError, SequenceGapError
from mediabridge.verify.order import RouteState, check_order
from mediabridge.verify.whereabouts import Whereabouts, said_of, whereabouts
from tests.verify.bundles import header

MONDAY, TUESDAY = "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"
ON_7, ON_8 = Copy(at=MONDAY, medium="M-0007"), Copy(at=TUESDAY, medium="M-0008")
IN_A_FOLDER = Copy(at=MONDAY, medium=None)


def early(seq: int, *told: tuple[int, tuple[Copy, ...]]) -> Header:
    """Return the header of number *seq*, which says where earlier ones are."""
    outstanding = tuple(Outstanding(seq=number, copies=copies) for number, copies in told)
    return header(seq=seq, prev="a" * 64, outstanding=outstanding)


def test_medium_day_and_next_step_are_named() -> None:
    found = whereabouts([31], [early(32, (31, (ON_7,)))])
    assert found == [Whereabouts(31, (ON_7,), 32)]
    assert said_of(found, "lgwan-01") == (
        f"Number 31 was written to: medium M-0007 ({MONDAY})."
        " Look for that medium. If it is lost, have lgwan-01 enter it:"
        " mediabridge media lost M-0007."
    )


def test_several_headers_and_the_log_add_up() -> None:
    headers = [early(32, (31, (ON_7,))), early(33, (31, (ON_7, ON_8)), (32, ()))]
    (found,) = whereabouts([31], headers, {31: [ON_7, IN_A_FOLDER]})
    assert found.copies == (IN_A_FOLDER, ON_7, ON_8)
    assert found.media == ["M-0007", "M-0008"]


def test_copies_stand_in_the_order_in_which_they_were_made() -> None:
    later = Copy(at=TUESDAY, medium="M-0001")
    on_monday = [Copy(at=MONDAY, medium=f"M-{number:04d}") for number in range(2, 10)]
    (found,) = whereabouts([31], [], {31: [later, *on_monday[::-1]]})
    assert found.copies == (*on_monday, later)
    assert said_of([found], "lgwan-01").endswith("mediabridge media lost M-0002.")


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ([], "Nothing here says on which medium number 31 is."),
        ([early(32)], "Nothing here says on which medium number 31 is."),
        ([early(32, (30, (ON_7,)))], "Nothing here says on which medium number 31 is."),
        (
            [early(32, (31, ())), early(33, (31, ()))],
            "When number 33 was sealed, number 31 had not been written to any medium.",
        ),
        (
            [early(32, (31, (IN_A_FOLDER,)))],
            f"Number 31 was written to: no registered medium ({MONDAY}).",
        ),
    ],
)
def test_what_is_not_known_is_said(headers: list[Header], said: str) -> None:
    assert said_of(whereabouts([31], headers), "lgwan-01") == f"{said} Ask lgwan-01 where it is."


def test_of_many_numbers_the_first_are_named() -> None:
    told = [(number, (ON_8,)) for number in range(1, 31)]
    said = said_of(whereabouts(range(1, 31), [early(32, *told)]), "lgwan-01")
    assert said.count("was written to") == 3
    assert "Number 3 " in said
    assert "Further numbers: 27." in said


def test_when_all_are_named_there_are_no_further_ones() -> None:
    assert "Further" not in said_of(whereabouts(range(1, 4), []), "lgwan-01")


def test_gap_says_where_its_first_number_is() -> None:
    with pytest.raises(SequenceGapError) as refused:
        check_order(early(3, (1, (ON_7,)), (2, (ON_8,))), b"a list", RouteState())
    assert "M-0007" in refused.value.facts["where"]
    assert "M-0008" not in refused.value.facts["where"]


# --- the member of the header -------------------------------------------------------


def document(**changes: Any) -> bytes:
    plain = early(32, (30, (ON_7,)), (31, (IN_A_FOLDER, ON_8))).model_dump(by_alias=True)
    return canonical.dump(plain | changes)


def test_header_reads_back() -> None:
    read = parse_header(document())
    assert [(each.seq, each.copies) for each in read.outstanding] == [
        (30, (ON_7,)),
        (31, (IN_A_FOLDER, ON_8)),
    ]
    assert read.to_bytes() == document()


def test_header_without_it_is_as_it_always_was() -> None:
    assert b"outstanding" not in early(32).to_bytes()
    assert parse_header(early(32).to_bytes()).outstanding == ()


def told(*numbers: int) -> list[dict[str, Any]]:
    return [{"seq": number, "copies": []} for number in numbers]


@pytest.mark.parametrize(
    "outstanding",
    [
        [],
        None,
        told(31, 30),
        told(30, 30),
        told(32),
        told(33),
        told(0),
        told(*range(1, LIMITS.outstanding + 2)),
        [{"seq": 30}],
        [{"seq": 30, "copies": [], "more": 1}],
        [{"seq": 30, "copies": [{"at": MONDAY}]}],
        [{"seq": 30, "copies": [{"at": "23 November", "medium": None}]}],
        [{"seq": 30, "copies": [{"at": "2026-13-01T00:00:00Z", "medium": None}]}],
        [{"seq": 30, "copies": [{"at": MONDAY, "medium": ""}]}],
        [{"seq": 30, "copies": [{"at": MONDAY, "medium": "m-0007"}]}],
        [{"seq": 30, "copies": [{"at": MONDAY, "medium": "M-19900405"}]}],
        [{"seq": 30, "copies": [{"at": MONDAY, "medium": None}] * (LIMITS.outstanding_copies + 1)}],
    ],
)
def test_other_spellings_are_refused(outstanding: object) -> None:
    seq = {"seq": 100} if isinstance(outstanding, list) and len(outstanding) > 8 else {}
    with pytest.raises(HeaderMalformedError):
        parse_header(document(outstanding=outstanding, **seq))
