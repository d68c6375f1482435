"""A lost medium: what was on it, for whom, what to do, and the form, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attacks.records import isa_csv
from stations.days import Day
from stations.sticks import Stick

from mediabridge.cli._app import run
from mediabridge.cli._result import Table
from mediabridge.errors import (
    MediumNotedBeforeError,
    MediumUnknownError,
    ReportedLostError,
)
from mediabridge.locale import Language, language, set_language
from mediabridge.shown.media import lost_lines
from mediabridge.stations.sticks import incident, losing
from mediabridge.stations.sticks.losing import LostReport
from mediabridge.translog.events import Event

NUMBERS = ((1, 1), (2, 2), (3, 99))


def form_of(report: LostReport) -> str:
    """Return the incident form of a training city, as it is written to a file ending in .md."""
    return incident.markdown(incident.papers(report, "training"))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    set_language(Language.EN)
    yield
    set_language(Language.EN)


def _lose(day: Day, name: str = "lgwan-01") -> LostReport:
    with day.at(name) as station:
        return losing.report_lost(station, "USB-001", operator="clerk-1")


def test_bundle_on_its_way_is_named_with_whom_it_is_for(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack(content=isa_csv(*NUMBERS))
    day.write(bundle, usb_stick)
    report = _lose(day)
    (lost,) = report.bundles
    assert (lost.bundle, lost.seq, lost.received, lost.whole) == (bundle, 1, False, True)
    assert lost.records == {"isa_notice": 3}
    assert set(lost.recipients) == {"registry-01", "escrow"}
    assert report.open_bundles == [bundle] == [each.bundle for each in report.write_again]
    data = report.as_dict()
    assert data["write_again"] == [bundle]
    assert data["reissue"] == [
        "mediabridge bundles reissue 1 --to registry-01 --reason MEDIUM_LOST --key FILE"
    ]
    assert report.trip is not None
    assert report.trip.holder == "clerk-1"
    (entry,) = day.entries("lgwan-01", Event.MEDIUM_LOST)
    assert entry.facts["bundles"] == [bundle]


def test_what_is_to_be_written_again_goes_onto_another_stick(day: Day, usb_stick: Stick) -> None:
    """Under its own number; the lost one is refused, whoever finds it."""
    bundle = day.pack(content=isa_csv(*NUMBERS))
    day.write(bundle, usb_stick)
    other = day.stick(2)
    assert [each.bundle for each in _lose(day).write_again] == [bundle]
    day.write(bundle, other)
    day.serve("registry-01", other)
    assert day.books("registry-01")[0] == ("in", "taken", 1)
    with pytest.raises(ReportedLostError):
        day.serve("lgwan-01", usb_stick)


def test_stick_that_turns_up_at_the_other_side_is_refused(day: Day, usb_stick: Stick) -> None:
    day.write(day.pack(content=isa_csv(*NUMBERS)), usb_stick)
    day.serve("registry-01", usb_stick)
    other = day.stick(2)
    _lose(day)
    day.write(day.pack(), other)
    day.serve("registry-01", other)
    with pytest.raises(ReportedLostError):
        day.serve("registry-01", usb_stick)


def test_what_arrived_is_not_to_be_written_again(day: Day, usb_stick: Stick) -> None:
    """Seen from the station that took it: the answer may be on the lost stick."""
    day.write(day.pack(content=isa_csv(*NUMBERS)), usb_stick)
    day.serve("registry-01", usb_stick)
    answer = day.pack("registry-01")
    day.write(answer, usb_stick, "registry-01")
    report = _lose(day, "registry-01")
    received = {each.bundle: each.received for each in report.bundles}
    assert received.pop(answer) is False
    assert list(received.values()) == [True]
    assert [each.bundle for each in report.write_again] == [answer]


@pytest.mark.usefixtures("usb_stick")
def test_copy_that_was_not_finished_counts_as_a_part(day: Day) -> None:
    bundle = day.pack(content=isa_csv(*NUMBERS))
    with day.at("lgwan-01") as station, station.books.transaction():
        station.books.media.begin_carriage(bundle, "USB-001", station.now())
    (lost,) = _lose(day).bundles
    assert lost.whole is False
    assert "(in part)" in form_of(LostReport("x", day.health(), None, (lost,)))


def test_medium_is_reported_once(day: Day, usb_stick: Stick) -> None:
    assert usb_stick.present
    _lose(day)
    with pytest.raises(MediumNotedBeforeError):
        _lose(day)
    with day.at("lgwan-01") as station, pytest.raises(MediumUnknownError):
        losing.report_lost(station, "USB-404", operator="clerk-1")
    assert len(day.entries("lgwan-01", Event.MEDIUM_LOST)) == 1


@pytest.mark.parametrize(
    ("step", "told"), [("reissue", "void, comes again as number 2"), ("void", "void")]
)
def test_prepared_command_is_one_that_officers_can_give(
    day: Day, usb_stick: Stick, step: str, told: str
) -> None:
    """As it stands, with the key in its place; afterwards the lost copy is of no use."""
    day.write(day.pack(content=isa_csv(*NUMBERS)), usb_stick)
    (command,) = _lose(day).as_dict()[step]
    home, key = day.world.home("lgwan-01").root, day.world.city.key_path("officer-1")
    passphrase = day.world.root / "passphrase"
    passphrase.write_text("training\n")
    passphrase.chmod(0o600)
    words = command.replace("FILE", str(key)).split()[1:]
    given = [*words, "--yes", "--passphrase-file", str(passphrase)]
    assert run(["--home", str(home), "--lang", "en", *given]) == 0
    with day.at("lgwan-01") as station:
        report = losing.report_of(station, "USB-001")
    assert [each.void for each in report.bundles] == [True]
    assert report.write_again == []
    assert f"| {told} |" in form_of(report)
    (table,) = (each for each in lost_lines(report, None) if isinstance(each, Table))
    assert table.rows[0][-1] == told


def test_form_says_the_same_in_both_languages_and_nothing_of_residents(
    day: Day, usb_stick: Stick
) -> None:
    content = isa_csv(*NUMBERS)
    bundle = day.pack(content=content)
    day.write(bundle, usb_stick)
    form = form_of(_lose(day))
    japanese, english = form.split("\n---\n")
    for page in (japanese, english):
        assert page.count("USB-001") == 1
        assert page.count(bundle) == 1
        assert f"mediabridge write {bundle[:8]}" in page
        assert "registry-01" in page
        assert "escrow" in page
        assert page.count("\n## ") == 4
        assert page.count("- [ ] ") == 5
    assert "# 媒体" in japanese
    assert "# Report of a lost medium" in english
    assert language() is Language.EN
    columns, *rows = content.decode("utf-8-sig").splitlines()
    values = {
        value
        for row in rows
        for name, value in zip(columns.split(","), row.split(","), strict=True)
        if any(word in name for word in ("name", "card", "birth", "address"))
    }
    told = {value.strip('"') for value in values if len(value.strip('"')) > 3}
    assert told
    assert not any(value in form for value in told)


def test_form_of_an_empty_medium(day: Day, usb_stick: Stick) -> None:
    assert usb_stick.present
    form = form_of(_lose(day))
    assert "No bundle." in form
    assert "mediabridge write" not in form
