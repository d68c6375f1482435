"""Void numbers: what is a statement, who has signed enough, and what it does to a route."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from mediabridge import canonical
from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.header import Header, Route
from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.errors import (
    AlreadyAppliedError,
    MediabridgeError,
    NumberVoidError,
    PrevMismatchError,
    SequenceGapError,
    SequenceOldError,
    SignatureNamespaceError,
    SignerExpiredError,
    VoidNotApprovedError,
    VoidStatementError,
)
from mediabridge.trust import keytext, signers
from mediabridge.trust.trust_data import Person, Revocation, TrustData
from mediabridge.verify.order import RouteState, Void, check_number, check_order
from mediabridge.verify.void import (
    LogHead,
    SignedVoid,
    VoidReason,
    VoidStatement,
    check_carried,
    check_statement,
    officers_needed,
    parse_statement,
    pass_over,
)
from tests.verify.bundles import Maker

ROUTE = Route(sender="lgwan-01", receiver="registry-01")


def head(seq: int) -> str:
    """Return what stands for the signed list of number *seq*."""
    return f"{seq:064x}" if seq else FIRST_PREV


def taken(*numbers: int) -> list[tuple[int, str]]:
    return [(seq, head(seq)) for seq in numbers]


def void(first: int, last: int, *, replaced_by: int = 0, prev: str | None = None) -> Void:
    return Void(first, last, replaced_by, prev or head(last))


TABLE = [
    # what was taken        what is void                             next  it continues
    ([1, 2], [], 3, 2),
    ([1, 2], [void(3, 3)], 4, 3),
    ([1, 2], [void(3, 5)], 6, 5),
    ([1, 2], [void(3, 3), void(4, 4)], 5, 4),
    ([1, 2], [void(4, 4), void(3, 3)], 5, 4),
    ([1, 2], [void(4, 4)], 3, 2),
    ([1, 2, 3], [void(3, 3)], 4, 3),
    ([1, 2, 3], [void(2, 5)], 6, 5),
    ([1, 2, 3, 4], [void(3, 4, prev=head(4))], 5, 4),
    ([1, 2, 3, 5], [void(4, 4)], 6, 5),
    ([], [void(1, 2)], 3, 2),
    ([], [], 1, 0),
]


@pytest.mark.parametrize(("numbers", "voids", "following", "continues"), TABLE)
def test_next_number_by_what_was_taken_and_what_is_void(
    numbers: list[int], voids: list[Void], following: int, continues: int
) -> None:
    state = RouteState.of(taken(*numbers), voids)
    assert (state.next_seq, state.sums_sha256) == (following, head(continues))
    later = RouteState.of(taken(*numbers)).passing(voids)
    assert later == state


def test_nothing_taken_is_the_beginning_of_a_route() -> None:
    assert RouteState() == RouteState.of([])


def test_order_in_which_statements_are_listed_changes_nothing() -> None:
    voids = [void(3, 6), void(3, 4), void(5, 6), void(7, 9), void(7, 8)]
    states = {RouteState.of(taken(1, 2), each) for each in permutations(voids)}
    assert [state.next_seq for state in states] == [10]


def test_earlier_statements_stand_when_another_one_comes() -> None:
    later = RouteState.of(taken(1, 2), [void(3, 4)]).passing([void(7, 7)])
    assert later == RouteState.of(taken(1, 2), [void(3, 4), void(7, 7)])
    assert later.void(3) == void(3, 4)


def test_newest_statement_on_a_number_counts() -> None:
    state = RouteState.of(taken(1, 2), [void(3, 4, replaced_by=5), void(3, 6, replaced_by=7)])
    for replaced_by, number in ((7, 3), (7, 6)):
        with pytest.raises(NumberVoidError) as refusal:
            check_number(ROUTE, number, "a list", state)
        wanted = {"got": number, "route": str(ROUTE), "wanted": replaced_by}
        assert refusal.value.facts == wanted
    with pytest.raises(NumberVoidError) as refusal:
        check_number(ROUTE, 3, "a list", RouteState.of(taken(1, 2), [void(3, 4)]))
    assert refusal.value.facts["wanted"] == 5, "where none carries it again, the next"


REFUSED = [
    (2, "another list", SequenceOldError),
    (2, head(2), AlreadyAppliedError),
    (3, "a list", NumberVoidError),
    (4, "a list", NumberVoidError),
    (6, "a list", SequenceGapError),
    (7, "a list", NumberVoidError),
]


@pytest.mark.parametrize(("seq", "sums", "refusal"), REFUSED)
def test_what_is_not_the_next(seq: int, sums: str, refusal: type[MediabridgeError]) -> None:
    state = RouteState.of(taken(1, 2), [void(3, 4), void(7, 7)])
    with pytest.raises(refusal):
        check_number(ROUTE, seq, sums, state)


def test_what_was_taken_before_it_was_void_is_answered_as_before() -> None:
    state = RouteState.of(taken(1, 2, 3), [void(3, 4)])
    with pytest.raises(AlreadyAppliedError):
        check_number(ROUTE, 3, head(3), state)
    with pytest.raises(NumberVoidError):
        check_number(ROUTE, 3, "another list", state)


@pytest.mark.parametrize("prev", [head(4), head(2)])
def test_number_after_a_void_one_continues_what_the_statement_says(prev: str) -> None:
    header = Header(
        format=1,
        profile="p",
        bundle="ab" * 16,
        mode="training",
        route=ROUTE,
        seq=5,
        prev=prev,
        created="2026-11-24T00:00:00Z",
        not_after="2026-12-24T00:00:00Z",
        parts=2,
        trust_version=1,
        summary="0" * 64,
    )
    state = RouteState.of(taken(1, 2), [void(3, 4)])
    if prev == head(4):
        check_order(header, b"a new list", state)
    else:
        with pytest.raises(PrevMismatchError):
            check_order(header, b"a new list", state)


def statement(**changes: Any) -> VoidStatement:
    said: dict[str, Any] = {
        "format": 1,
        "city": "city.training.example",
        "mode": "training",
        "route": ROUTE,
        "first": 3,
        "last": 4,
        "replaced_by": 5,
        "prev": head(4),
        "log": None,
        "reason": VoidReason.MEDIUM_LOST,
        "time": "2026-11-24T00:00:00Z",
    }
    return VoidStatement(**{**said, **changes})


RESTORED = {"reason": VoidReason.STATION_RESTORED, "log": LogHead(size=7, root="a" * 64)}


def test_receiver_of_a_restored_sender_must_have_what_they_knew() -> None:
    signed = SignedVoid(statement(**RESTORED), b"", {})
    assert pass_over(RouteState.of(taken(1, 2, 3, 4)), [signed]).next_seq == 5
    assert pass_over(RouteState.of(taken(1, 2)), [signed]).next_seq == 5
    with pytest.raises(VoidStatementError):
        pass_over(RouteState.of([*taken(1, 2, 3), (4, "f" * 64)]), [signed])
    # Of numbers that its sender has, the receiver may have taken the first few.
    plain = SignedVoid(statement(), b"", {})
    assert pass_over(RouteState.of(taken(1, 2, 3)), [plain]).next_seq == 5


@pytest.mark.parametrize(
    "change",
    [
        {"first": 5},
        {"replaced_by": 4},
        {"replaced_by": 1},
        {"log": {"size": 7, "root": "a" * 64}},
        {"reason": "STATION_RESTORED"},
        {"reason": "BECAUSE"},
        {"first": 0},
        {"prev": "short"},
        {"time": "yesterday"},
        {"more": 1},
        {"first": True},
        {"route": {"sender": "lgwan-01", "receiver": "registry-01"}},
        {**RESTORED, "log": {"size": "7", "root": "a" * 64}},
        {**RESTORED, "log": {"size": 7, "root": "a" * 64, "more": 1}},
    ],
)
def test_other_documents_are_no_statement(change: dict[str, Any]) -> None:
    good = canonical.load(statement().dump())
    assert parse_statement(canonical.dump(good)) == statement()
    with pytest.raises(VoidStatementError):
        parse_statement(canonical.dump({**good, **change}))


LARGEST = 2**31
"""The largest number of a route (format 1, section 4)."""


@pytest.mark.parametrize(
    "change",
    [
        {"first": 1, "last": 1, "replaced_by": 0},
        {"first": LARGEST - 1, "last": LARGEST - 1, "replaced_by": LARGEST},
        {"first": LARGEST, "last": LARGEST, "replaced_by": 0},
        {**RESTORED, "log": {"size": 1, "root": "a" * 64}},
        {**RESTORED, "log": {"size": 2**53 - 1, "root": "a" * 64}},
    ],
)
def test_numbers_at_the_edge_are_numbers(change: dict[str, Any]) -> None:
    good = canonical.load(statement().dump())
    parse_statement(canonical.dump({**good, **change}))


@pytest.mark.parametrize(
    "change",
    [
        {"first": 0, "last": 1, "replaced_by": 0},
        {"first": LARGEST, "last": LARGEST + 1, "replaced_by": 0},
        {"first": LARGEST, "last": LARGEST, "replaced_by": LARGEST + 1},
        {"replaced_by": -1},
        {**RESTORED, "log": {"size": 0, "root": "a" * 64}},
    ],
)
def test_numbers_past_the_edge_are_none(change: dict[str, Any]) -> None:
    good = canonical.load(statement().dump())
    with pytest.raises(VoidStatementError):
        parse_statement(canonical.dump({**good, **change}))


def test_what_was_signed_is_not_changed_afterwards() -> None:
    signed = SignedVoid(statement(**RESTORED), b"", {})
    assert signed.statement.log is not None
    for changed, name in [
        (signed, "data"),
        (signed.statement, "last"),
        (signed.statement.log, "size"),
    ]:
        with pytest.raises((AttributeError, ValidationError)):
            setattr(changed, name, 1)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b" ", statement().dump() + b"\n"])
def test_other_bytes_are_no_statement(data: bytes) -> None:
    with pytest.raises(VoidStatementError):
        parse_statement(data)


def trust_of(maker: Maker, mode: str = "training", **changes: Any) -> TrustData:
    return maker.city.trust.model_copy(update={"mode": mode, **changes})


def fingerprint(person: Person) -> str:
    return keytext.fingerprint(person.key)


@pytest.mark.parametrize(
    ("mode", "approvals", "revoked", "needed"),
    [
        ("training", 0, 0, 1),
        ("training", 1, 0, 1),
        ("training", 2, 0, 2),
        ("live", 0, 0, 2),
        ("live", 1, 0, 2),
        ("live", 3, 0, 3),
        ("live", 1, 1, 1),
    ],
)
def test_officers_it_takes(
    maker: Maker, mode: str, approvals: int, revoked: int, needed: int
) -> None:
    trust = trust_of(maker, mode)
    officers = [person for person in trust.people if person.role == "officer"]
    gone = tuple(
        Revocation(key=fingerprint(person), at="2026-01-01T00:00:00Z", reason="LEFT_OFFICE")
        for person in officers[: len(officers) - 1 if revoked else 0]
    )
    routes = tuple(each.model_copy(update={"approvals": approvals}) for each in trust.routes)
    changed = trust.model_copy(update={"revoked": gone, "routes": routes})
    assert officers_needed(changed, ROUTE) == needed


Sign = Callable[..., tuple[bytes, dict[str, bytes]]]


@pytest.fixture
def sign(maker: Maker) -> Sign:
    def signed(
        *officers: str, namespace: str = "", **changes: Any
    ) -> tuple[bytes, dict[str, bytes]]:
        data = statement(**{"time": maker.city.trust.people[0].valid_from} | changes).dump()
        space = namespace or maker.city.trust.void_namespace
        return data, {
            name: sshsig.sign(
                data,
                namespace=space,
                signer=signers.open_signer(maker.city.key_path(name), b"training"),
            )
            for name in officers
        }

    return signed


def test_two_officers_in_live(maker: Maker, sign: Sign) -> None:
    """Claim C91."""
    live = trust_of(maker, "live")
    data, both = sign("officer-1", "officer-2", mode="live")
    assert sorted(check_statement(data, both, live).signatures) == ["officer-1", "officer-2"]
    one = {"officer-1": both["officer-1"]}
    twice = {"a": both["officer-1"], "b": both["officer-1"]}
    for too_few in ({}, one, twice):
        with pytest.raises(VoidNotApprovedError) as refusal:
            check_statement(data, too_few, live)
        assert refusal.value.facts == {"got": min(len(too_few), 1), "wanted": 2}


def test_officer_whose_key_had_run_out_counts_no_more(maker: Maker, sign: Sign) -> None:
    """Claim C91."""
    trust = maker.city.trust
    until = max(person.valid_until for person in trust.people)
    data, signatures = sign("officer-1", time=until)
    check_statement(data, signatures, trust)
    data, signatures = sign("officer-1", time=until.replace("20", "21", 1))
    with pytest.raises(SignerExpiredError):
        check_statement(data, signatures, trust)


def test_numbers_of_no_route_take_one_officer(maker: Maker) -> None:
    assert officers_needed(trust_of(maker), Route(sender="a-1", receiver="b-1")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"city": "other.training.example"},
        {"mode": "live"},
        {"route": Route(sender="registry-01", receiver="registry-09")},
    ],
)
def test_statement_about_others(maker: Maker, sign: Sign, changes: dict[str, Any]) -> None:
    """Claim C91."""
    data, signatures = sign("officer-1", **changes)
    with pytest.raises(VoidStatementError):
        check_statement(data, signatures, maker.city.trust)


def test_approval_does_not_pass_for_it(maker: Maker, sign: Sign) -> None:
    """Claim C91."""
    data, signatures = sign("officer-1", namespace=maker.city.trust.approve_namespace)
    with pytest.raises(SignatureNamespaceError):
        check_statement(data, signatures, maker.city.trust)


def test_statements_of_a_bundle_by_their_names(maker: Maker, sign: Sign) -> None:
    trust = maker.city.trust
    files: dict[str, bytes] = {}
    numbers = ((5, 5), (3, 4), (10, 11), (3, 12))
    for first, last in numbers:
        name = layout.void_name(first, last)
        data, signatures = sign("officer-1", first=first, last=last, replaced_by=0)
        files |= {name: data}
        files |= {layout.void_signature_name(name, who): each for who, each in signatures.items()}
    found = check_carried(files, ROUTE, trust)
    assert [(each.statement.first, each.statement.last) for each in found] == sorted(numbers)
    assert check_carried({}, ROUTE, trust) == ()
    lonely = {name: data for name, data in files.items() if name != "void-5-5.json"}
    renamed = {name.replace("5-5", "5-6"): data for name, data in files.items()}
    for wrong in (lonely, renamed):
        with pytest.raises(VoidStatementError):
            check_carried(wrong, ROUTE, trust)
    with pytest.raises(VoidStatementError):
        check_carried(files, Route(sender="registry-01", receiver="lgwan-01"), trust)
