"""What a fact is called on a screen: times, codes of closed lists, what the system says."""

import errno
import os
import time
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from mediabridge.errors import BundleExpiredError, DiskFullError
from mediabridge.kinds import Kind
from mediabridge.locale import (
    moment,
    said,
    sentence_of,
    set_language,
    show_times_in,
    system,
    text,
    translate,
)
from mediabridge.media.trips import ServiceState

NIGHT = "2026-11-26T23:30:05Z"


def test_times_stay_as_files_have_them_until_a_screen_has_a_zone() -> None:
    assert moment(NIGHT) == said(NIGHT) == NIGHT
    assert NIGHT in sentence_of(BundleExpiredError(got=NIGHT, wanted=NIGHT))


@pytest.mark.parametrize(
    ("language", "zone", "shown"),
    [
        ("en", ZoneInfo("Asia/Tokyo"), "2026-11-27 08:30 JST"),
        ("ja", ZoneInfo("Asia/Tokyo"), "2026年11月27日 08:30 日本時間"),
        ("ja", ZoneInfo("UTC"), "2026年11月26日 23:30 協定世界時"),
        ("en", ZoneInfo("Europe/Berlin"), "2026-11-27 00:30 CET"),
        ("en", timezone(timedelta(hours=-3, minutes=-30)), "2026-11-26 20:00 UTC-03:30"),
    ],
)
def test_time_is_local_and_names_its_zone(language: str, zone: ZoneInfo, shown: str) -> None:
    set_language(language)
    show_times_in(lambda: zone)
    assert moment(NIGHT) == shown
    assert said(f"{NIGHT} .. {NIGHT}") == f"{shown} .. {shown}"
    assert shown in text("The clock of this machine: {now}", now=NIGHT)
    assert shown in sentence_of(BundleExpiredError(got=NIGHT, wanted=NIGHT))


def test_machines_zone_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    show_times_in(lambda: None)
    shown = moment(NIGHT)
    monkeypatch.undo()
    time.tzset()
    assert shown == "2026-11-27 08:30 JST"


@pytest.mark.parametrize("other", ["2026-13-01T00:00:00Z", "2026-11-26T23:30:05", "9999-99-99"])
def test_what_is_no_time_stays(other: str) -> None:
    show_times_in(lambda: ZoneInfo("Asia/Tokyo"))
    assert said(other) == other


def test_facts_keep_the_form_of_the_files() -> None:
    show_times_in(lambda: ZoneInfo("Asia/Tokyo"))
    error = BundleExpiredError(got=NIGHT, wanted=NIGHT)
    sentence_of(error)
    assert error.facts == {"got": NIGHT, "wanted": NIGHT}


@pytest.mark.parametrize("number", errno.errorcode, ids=errno.errorcode.get)
def test_what_the_system_says_is_japanese_or_the_name_of_its_number(number: int) -> None:
    set_language("ja")
    shown = str(said(os.strerror(number)))
    assert not any(character.islower() for character in shown if character.isascii())
    assert shown in sentence_of(DiskFullError(name="x", detail=os.strerror(number)))


def test_sentences_of_the_system_are_spelt_as_it_does() -> None:
    assert all(os.strerror(number) == said for number, said in system.SENTENCES.items())


def test_codes_of_closed_lists_are_words() -> None:
    set_language("ja")
    assert said(ServiceState.LOST) == translate(ServiceState.LOST.sentence) != ServiceState.LOST
    assert said(Kind.ISA_NOTICE) == Kind.ISA_NOTICE.facts.japanese
