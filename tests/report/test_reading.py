"""What a report says of the logs: counted, compared, and linked to the entries it rests on."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from report.office import (
    LGWAN,
    MONDAY,
    NAMES,
    REGISTRY,
    TOKYO,
    Office,
    at,
    of,
    working_days,
)

from mediabridge.config import OVERDUE_DAYS, REPORT_LINES, REPORT_LINKS
from mediabridge.errors import LogAlarmError, LogCorruptError
from mediabridge.report.anomalies import ALARMS
from mediabridge.report.model import (
    Absence,
    Anomaly,
    AnomalyKind,
    Approvals,
    Carried,
    Day,
    Received,
    Ref,
    Report,
    Roles,
    Route,
)
from mediabridge.report.period import Period
from mediabridge.report.reading import linked, make
from mediabridge.spelling import to_base64
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

OUT = Route(LGWAN, REGISTRY)
TUESDAY = MONDAY + timedelta(days=1)
SATURDAY = MONDAY + timedelta(days=5)
END = MONDAY + timedelta(days=30)


def of_kind(report: Report, kind: AnomalyKind) -> list[Anomaly]:
    return [each for each in report.anomalies if each.kind is kind]


def test_each_day_of_a_route_is_counted_by_the_clock_of_the_office(office: Office) -> None:
    office.carry(MONDAY, 1)
    # Half past eight in the morning of Tuesday is still Monday in Greenwich.
    office.add(LGWAN, Event.BUNDLE_SEALED, at(TUESDAY, "08:30"), "clerk-1", bundle="a" * 32,
               route_from=LGWAN, route_to=REGISTRY, seq=2, records=7)  # fmt: skip
    office.write()
    report = office.report(MONDAY, TUESDAY)
    assert report.days == (Day(MONDAY, OUT, 1, 20, 1, 1), Day(TUESDAY, OUT, 1, 7, 0, 0))
    assert office.report(MONDAY, MONDAY).days == report.days[:1]


def test_the_turnaround_is_from_sealing_to_the_receipt(office: Office) -> None:
    for seq, hours in enumerate((1, 2, 9), 1):
        office.answer(office.send(MONDAY, seq), MONDAY, hour=9 + hours)
    office.answer(office.send(MONDAY, 4), TUESDAY, hour=9)
    office.write()
    (found,) = office.report(MONDAY, TUESDAY).turnarounds
    assert (found.route, found.count, found.median) == (OUT, 4, 9 * 3600)
    assert [each.seconds // 3600 for each in found.longest] == [24, 9, 2, 1]
    assert found.shares == (2, 2, 0, 0, 0)
    assert found.longest[0].refs == (Ref(LGWAN, 16), Ref(LGWAN, 20))


def test_who_prepared_and_approved_or_approved_and_carried_is_named(office: Office) -> None:
    office.send(MONDAY, 1, prepared="clerk-1", approved="clerk-1", carried="clerk-2")
    office.send(MONDAY, 2, approved="officer-1", carried="officer-1")
    office.send(MONDAY, 3)
    office.write()
    report = office.report(MONDAY, MONDAY)
    assert [(each.about.seq, each.person, each.roles) for each in report.not_separated] == [
        (1, "clerk-1", Roles.PREPARED_APPROVED),
        (2, "officer-1", Roles.APPROVED_CARRIED),
    ]
    assert report.not_separated[0].refs == (Ref(LGWAN, 1), Ref(LGWAN, 2))
    same = of_kind(report, AnomalyKind.SAME_PERSON)
    assert [each.refs for each in same] == [each.refs for each in report.not_separated]
    assert report.approvals == (Approvals("clerk-1", 1, 0, 0), Approvals("officer-1", 2, 0, 0))


def test_an_approval_that_was_removed_is_none(office: Office) -> None:
    facts = office.send(MONDAY, 1)
    office.add(LGWAN, Event.APPROVAL_REMOVED, at(MONDAY, "09:20"), **facts,
               signers=["officer-1"], reason="SIGNER_REVOKED")  # fmt: skip
    office.add(LGWAN, Event.BUNDLE_RELEASED, at(MONDAY, "09:30"), "clerk-1", **facts)
    office.write()
    released = office.report(MONDAY, MONDAY).released
    assert [(each.approvals, each.count, each.refs) for each in released] == [
        (0, 1, (Ref(LGWAN, 6),)), (1, 1, ()),
    ]  # fmt: skip


@pytest.mark.parametrize("late", [0, 3])
def test_a_bundle_is_overdue_after_its_days(office: Office, late: int) -> None:
    office.send(MONDAY, 1)
    # What holds no record is acknowledged by nothing, and what has its receipt waits for none.
    office.send(MONDAY, 2, records=0)
    office.carry(MONDAY, 3)
    now = MONDAY + timedelta(days=OVERDUE_DAYS + late)
    office.add(LGWAN, Event.CLOCK_CONFIRMED, at(now, "09:00"))
    office.write()
    report = office.report(MONDAY, END)
    assert [(each.about.seq, each.days, each.left) for each in report.overdue] == (
        [(1, OVERDUE_DAYS + late, True)] if late else []
    )
    assert report.as_of == at(now, "09:00")


def test_what_officers_declared_void_is_no_longer_overdue(office: Office) -> None:
    office.send(MONDAY, 1)
    office.add(LGWAN, Event.VOID_DECLARED, at(MONDAY, "15:00"), "officer-1", first=1, last=1,
               route_from=LGWAN, route_to=REGISTRY, reason="MEDIUM_LOST")  # fmt: skip
    office.add(LGWAN, Event.CLOCK_CONFIRMED, at(END, "09:00"))
    office.write()
    report = office.report(MONDAY, END)
    assert report.overdue == ()
    assert report.approvals == (Approvals("officer-1", 1, 0, 1),)


def test_missing_numbers_are_void_awaited_or_not_explained(office: Office) -> None:
    office.take(office.send(MONDAY, 1), MONDAY)
    office.add(REGISTRY, Event.VOID_ACCEPTED, at(MONDAY, "11:00"), "clerk-2", first=2, last=3,
               route_from=LGWAN, route_to=REGISTRY)  # fmt: skip
    office.take(office.send(MONDAY, 4), MONDAY, hour=11)
    office.take(office.send(MONDAY, 6), MONDAY, hour=12)
    facts = office.send(MONDAY, 9, hour=12)
    office.add(REGISTRY, Event.BUNDLE_PARKED, at(MONDAY, "13:00"), "clerk-2", **facts)
    office.write()
    gaps = office.report(MONDAY, MONDAY).gaps
    assert [(each.first, each.last, each.absence) for each in gaps if each.station == REGISTRY] == [
        (2, 3, Absence.VOID),
        (5, 5, Absence.UNEXPLAINED),
        (7, 8, Absence.AWAITED),
    ]
    # The sender's own log has no such numbers either.
    assert [(each.first, each.last) for each in gaps if each.station == LGWAN] == [
        (2, 3), (5, 5), (7, 8),
    ]  # fmt: skip
    assert all(each.refs for each in gaps)


def test_media_are_told_with_the_names_that_they_have(thousand: Report) -> None:
    assert [each.label for each in thousand.media] == list(NAMES)
    assert sum(each.bundles for each in thousand.media) == 1000
    assert sum(each.trips for each in thousand.media) == 200
    (long,) = thousand.long_trips
    assert (long.planned, long.took, long.returned[-9:]) == (240, 450, "07:30:00Z")
    assert len(long.refs) == 2


def test_a_trip_that_nobody_has_ended_is_long_until_what_is_known(office: Office) -> None:
    office.issue("USB-001", MONDAY, 1)
    office.issue("USB-002", MONDAY, 1, planned=600)
    office.add(LGWAN, Event.CLOCK_CONFIRMED, at(MONDAY, "15:00"))
    office.write()
    (long,) = office.report(MONDAY, MONDAY).long_trips
    assert (long.medium, long.took, long.returned) == ("USB-001", 360, "")


def test_who_carried_what_is_told_by_route_and_medium(office: Office) -> None:
    for seq, medium in ((1, "USB-001"), (2, "USB-001"), (3, "")):
        office.take(office.send(MONDAY, seq, medium=medium), MONDAY)
    office.write()
    report = office.report(MONDAY, MONDAY)
    assert report.carried == (
        Carried("clerk-1", OUT, "", 1, 3, 3),
        Carried("clerk-1", OUT, "USB-001", 2, 1, 2),
    )
    assert report.received == (Received("clerk-2", REGISTRY, 3),)


def test_refusals_are_counted_by_reason(office: Office) -> None:
    for minute in range(7):
        office.add(REGISTRY, Event.BUNDLE_REFUSED, at(MONDAY, f"10:0{minute}"), "clerk-2",
                   bundle="a" * 32, reason="HASH_MISMATCH")  # fmt: skip
    office.add(LGWAN, Event.FILE_REFUSED, at(MONDAY, "10:00"), "clerk-1", reason="RECORDS_REFUSED")
    office.write()
    report = office.report(MONDAY, MONDAY)
    assert [(each.station, each.reason, each.count) for each in report.refusals] == [
        (REGISTRY, "HASH_MISMATCH", 7), (LGWAN, "RECORDS_REFUSED", 1),
    ]  # fmt: skip
    assert len(report.refusals[0].refs) == REPORT_LINKS
    (repeated,) = of_kind(report, AnomalyKind.REPEATED_FAILURES)
    assert (repeated.what, repeated.count, repeated.refs) == (
        "bundle-refused", 7, report.refusals[0].refs,
    )  # fmt: skip


def test_the_same_failure_twice_or_on_two_days_is_no_anomaly(office: Office) -> None:
    for day, minute in ((MONDAY, 1), (MONDAY, 2), (TUESDAY, 1), (TUESDAY, 2)):
        office.add(LGWAN, Event.MEDIUM_FAILED, at(day, f"10:0{minute}"), "clerk-1",
                   medium="USB-001", reason="IO_ERROR")  # fmt: skip
    office.write()
    report = office.report(MONDAY, TUESDAY)
    assert of_kind(report, AnomalyKind.REPEATED_FAILURES) == []
    assert [(each.medium, each.failures, len(each.refs)) for each in report.media] == [
        ("USB-001", 4, 4)
    ]


@pytest.mark.parametrize(
    ("day", "clock", "found"),
    [
        (MONDAY, "06:59", True),
        (MONDAY, "07:00", False),
        (MONDAY, "19:59", False),
        (MONDAY, "20:00", True),
        (SATURDAY, "10:00", True),
    ],
)
def test_people_are_expected_in_office_hours(
    office: Office, day: date, clock: str, *, found: bool
) -> None:
    for actor in ("clerk-1", LGWAN):
        office.add(LGWAN, Event.FILE_COLLECTED, at(day, clock), actor, records=1)
    office.write()
    hours = of_kind(office.report(MONDAY, SATURDAY), AnomalyKind.OUT_OF_HOURS)
    assert [(each.actor, each.refs) for each in hours] == (
        [("clerk-1", (Ref(LGWAN, 1),))] if found else []
    )


@pytest.mark.parametrize(("records", "found"), [(41, True), (40, False), (10, False), (9, True)])
def test_a_size_is_unusual_as_it_is_for_the_officer(
    office: Office, records: int, *, found: bool
) -> None:
    for seq in (1, 2, 3):
        office.send(MONDAY, seq)
    office.send(MONDAY, 4, records=records)
    office.write()
    sizes = of_kind(office.report(MONDAY, MONDAY), AnomalyKind.UNUSUAL_SIZE)
    assert [(each.what, each.usual) for each in sizes] == (
        [(str(records), (20, 20))] if found else []
    )


def test_what_hardly_ever_happens_is_named(office: Office) -> None:
    office.add(LGWAN, Event.MEDIUM_LOST, at(MONDAY, "10:00"), "clerk-1", medium="USB-001")
    office.write()
    (rare,) = of_kind(office.report(MONDAY, MONDAY), AnomalyKind.RARE)
    assert (rare.what, rare.refs) == ("medium-lost", (Ref(LGWAN, 1),))


@pytest.mark.parametrize("reason", sorted(ALARMS))
def test_one_alarm_about_a_log_is_to_be_looked_at(office: Office, reason: str) -> None:
    office.add(REGISTRY, Event.BUNDLE_REFUSED, at(MONDAY, "10:00"), "clerk-2", reason=reason)
    office.write()
    (alarm,) = of_kind(office.report(MONDAY, MONDAY), AnomalyKind.ALARM)
    assert (alarm.what, alarm.refs) == (reason, (Ref(REGISTRY, 1),))


def test_every_refusal_of_step_8_is_such_an_alarm() -> None:
    of_step_8 = [
        each for each in LogAlarmError.__subclasses__() if str(each.__doc__).startswith("Step 8:")
    ]
    assert {each.reason for each in of_step_8} == ALARMS


def test_the_witness_status_has_days_of_silence(office: Office) -> None:
    office.take(office.send(MONDAY, 1), MONDAY)
    office.write(TUESDAY)
    report = office.report(MONDAY, TUESDAY)
    (witness,) = report.witnesses
    assert (witness.peer, witness.seen, witness.entries, witness.held) == (REGISTRY, 5, 5, 5)
    assert (witness.seen_at, witness.silent) == (at(TUESDAY, "12:00"), 0)
    assert [(each.station, each.own, each.size) for each in report.logs] == [
        (LGWAN, True, 5), (REGISTRY, False, 5),
    ]  # fmt: skip
    assert [each.root for each in report.logs] == [
        to_base64(office.lgwan.log.root()), to_base64(office.registry.log.root()),
    ]  # fmt: skip


def test_every_entry_that_is_linked_is_listed(thousand: Report) -> None:
    links = linked(replace(thousand, entries=()))
    assert [each.ref for each in thousand.entries] == sorted(links)
    assert links
    assert not any("signature" in each.facts for each in thousand.entries)


def test_long_lists_are_cut_and_counted(office: Office) -> None:
    for seq in range(1, REPORT_LINES + 8):
        office.add(LGWAN, Event.BUNDLE_SEALED, at(MONDAY, "09:00"), "clerk-1", seq=seq, records=1,
                   bundle=of(seq)[:32], route_from=LGWAN, route_to=REGISTRY)  # fmt: skip
    office.add(LGWAN, Event.CLOCK_CONFIRMED, at(END, "09:00"))
    office.write()
    report = office.report(MONDAY, END)
    assert (len(report.overdue), report.more["overdue"]) == (REPORT_LINES, 7)


def test_entries_after_the_period_say_nothing_about_it(office: Office) -> None:
    facts = office.send(MONDAY, 1)
    office.answer(facts, TUESDAY)
    office.write()
    report = office.report(MONDAY, MONDAY)
    assert report.turnarounds == ()
    assert report.as_of == at(TUESDAY, "00:00")


def test_a_log_that_was_changed_gives_no_report(office: Office) -> None:
    office.carry(MONDAY, 1)
    office.write()
    connection = office.lgwan._connection
    connection.execute("DROP TRIGGER entry_update")
    connection.execute(
        "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'clerk-1', 'clerk-2') AS BLOB)"
        " WHERE position = 1 AND origin = ?",
        (office.lgwan.log.origin,),
    )
    with pytest.raises(LogCorruptError):
        make(office.lgwan, Period(MONDAY, MONDAY, TOKYO))


def test_working_days_are_no_weekends() -> None:
    assert [each.weekday() for each in working_days(MONDAY, 7)] == [0, 1, 2, 3, 4, 0, 1]


def test_of_scans_only_those_that_found_nothing_are_nothing_to_look_at(office: Office) -> None:
    for minute, facts in enumerate(
        (
            {"scan": "clean"},
            {"scan": "clean", "warned": ["SCANNER_OLD"]},
            {"scan": "infected", "reason": "FILE_INFECTED"},
            {"scan": "not-scanned", "reason": "SCANNER_DOWN"},
        )
    ):
        when = at(MONDAY, f"10:0{minute}")
        office.add(LGWAN, Event.FILE_SCANNED, when, "clerk-1", file_bytes=9, **facts)
    office.write()
    rare = of_kind(office.report(MONDAY, MONDAY), AnomalyKind.RARE)
    assert [each.what for each in rare] == ["file-scanned"] * 3
    assert [each.refs for each in rare] == [(Ref(LGWAN, number),) for number in (2, 3, 4)]
