"""``audit show``: one life on one screen, filters that combine, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attacks.records import isa_csv
from attacks.world import World, make_world, scratch
from translog.test_lives import BUNDLE, ROUTE, noted

from mediabridge.cli import audit_show
from mediabridge.cli._app import run
from mediabridge.cli._output import plain
from mediabridge.cli._result import Table
from mediabridge.locale import Language, set_language, show_times_in
from mediabridge.translog import events, lives
from mediabridge.translog.events import Event
from mediabridge.translog.vocabulary import CARRIES, REASONS

LGWAN, REGISTRY = "lgwan-01", "registry-01"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Give a world in which one bundle went there, and the answer came back; not to be changed."""
    with scratch() as root:
        made = make_world(Path(root, "world"))
        made.send(isa_csv((1, 1), (2, 2), (3, 99)))
        made.import_()
        made.send(station=REGISTRY)
        made.import_(LGWAN)
        yield made


def show(world: World, *words: str, station: str = REGISTRY) -> int:
    home = str(world.home(station).root)
    return run(["--home", home, *words])


def sent(world: World) -> str:
    with world.open(LGWAN) as opened:
        (row,) = opened.books.between(LGWAN, REGISTRY, 1, 1)
    return row.bundle


@pytest.mark.parametrize("station", [LGWAN, REGISTRY])
def test_a_life_is_on_one_screen(
    world: World, station: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    bundle = sent(world)
    assert (
        show(world, "--lang", "en", "audit", "show", "--bundle", bundle[:8], station=station) == 0
    )
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 24
    assert lines[0] == f"Bundle {bundle}, {LGWAN} > {REGISTRY}, number 1"
    told = [line for line in lines if " #" in line]
    wanted = ("file taken in: clerk-1; records 3", "bundle sealed", "bundle approved: officer-1",
              "bundle released: clerk-1", "bundle written", "bundle verified", "bundle opened",
              "bundle applied: clerk-1; records 3,", "receipt issued",
              "receipt accepted: lgwan-01", "bundle delivered")  # fmt: skip
    # The sender has the end of it; the receiver learns of that with the next bundle.
    known = wanted if station == LGWAN else wanted[5:9]
    assert [step for step in known if any(step in line for line in told)] == [*known]
    assert "applied 2, held 1, not taken 0" in " ".join(" ".join(lines).split())
    assert any(line.startswith("Not known here: ") and "medium arrived" in line for line in lines)


def full() -> lives.Life:
    """Return a life that has more steps, and longer ones, than a screen can hold."""
    name = "a" * 31
    route: dict[str, Any] = {**ROUTE, "bundle": BUNDLE}
    steps = [noted("lgwan", n, Event.FILE_COLLECTED, file_sha256=f"{n:064}", records=1000)
             for n in range(30)]  # fmt: skip
    others = sorted({*Event} - {*REASONS, Event.FILE_COLLECTED})
    for n, event in enumerate(others, start=100):
        steps.append(noted("lgwan", n, event, medium=name, reason="MEDIUM_LOST", **route))
        steps.append(noted("registry", n, event, records=2**50, applied=1, held=1,
                           reason="MEDIUM_LOST", **route))  # fmt: skip
    return lives.life(BUNDLE, steps)


@pytest.mark.parametrize("lang", Language)
def test_what_does_not_fit_is_named(lang: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    set_language(lang)
    life = full()
    result = audit_show._life(life)
    said = "\n".join(plain(line, 80) for line in result.lines)
    # The beginning of the road is there, and where the rest is.
    assert "#0 +29" in said
    assert "--entries" in said
    assert len(result.data["steps"]) == len(life.noted) > 100
    # One of each step of the road, each of which is as long as can be here.
    table = result.lines[1]
    assert isinstance(table, Table)
    assert len(table.rows) == len(lives.TOLD)


@pytest.mark.parametrize("lang", Language)
def test_a_long_life_of_a_usual_kind_fits(lang: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    set_language(lang)
    show_times_in(lambda: ZoneInfo("Asia/Tokyo"))
    route: dict[str, Any] = {
        "bundle": BUNDLE, "route_from": LGWAN, "route_to": REGISTRY, "seq": 123,
        "medium": "USB-001",
    }  # fmt: skip
    road = [
        noted(LGWAN, 1000 + n, Event.FILE_COLLECTED, file_sha256=f"{n:064}", records=1000)
        for n in range(3)
    ]
    sealed = (Event.BUNDLE_SEALED, Event.BUNDLE_APPROVED, Event.BUNDLE_RELEASED)
    road += [noted(LGWAN, 1010 + n, event, **route) for n, event in enumerate(sealed)]
    road.append(noted(LGWAN, 1020, Event.BUNDLE_WRITTEN, **route))
    there = (Event.BUNDLE_VERIFIED, Event.BUNDLE_OPENED, Event.MEDIUM_ARRIVED)
    road += [noted(REGISTRY, 2000 + n, event, **route) for n, event in enumerate(there)]
    counts = {"records": 3000, "applied": 2990, "held": 5}
    road.append(noted(REGISTRY, 2010, Event.BUNDLE_APPLIED, bundle=BUNDLE, seq=123, **counts))
    about = {"bundle": BUNDLE, "seq": 123}
    for n in range(0, 40, 2):
        road.append(noted(REGISTRY, 2020 + n, Event.RECEIPT_ISSUED, records=3000, **about))
        road.append(noted(REGISTRY, 2021 + n, Event.RECORD_DECIDED, bundle=BUNDLE))
        road.append(noted(LGWAN, 1030 + n, Event.RECEIPT_ACCEPTED, records=3000, **about))
        road.append(noted(LGWAN, 1031 + n, Event.BUNDLE_DELIVERED, bundle=BUNDLE))
    result = audit_show._life(lives.life(BUNDLE, road))
    table = result.lines[1]
    assert isinstance(table, Table)
    assert audit_show._lines(list(result.lines)) < 24
    assert len(table.rows) == len(lives.ROAD)
    assert table.rows[0][0] == f"{LGWAN} #1000 +2"
    assert "3000" in table.rows[0][2]
    assert "2990" in str(table.rows)


def test_filters_combine(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with world.open(REGISTRY) as opened:
        day = opened.now()[:10]
    words = ("audit", "show", "--person", "officer-1", "--day", day, "--bundle", sent(world)[:10])
    assert show(world, "--json", *words) == 0
    own, peer = json.loads(capsys.readouterr().out)["data"]["logs"]
    assert own["station"] == REGISTRY
    assert [each["event"] for each in own["entries"]] == ["bundle-verified", "bundle-opened"]
    assert peer["station"] == LGWAN
    assert {each["facts"]["bundle"] for each in own["entries"]} == {sent(world)}
    assert show(world, "--json", *words, "--medium", "USB-001") == 0
    logs = json.loads(capsys.readouterr().out)["data"]["logs"]
    assert [each["entries"] for each in logs] == [[], []]


def test_entries_have_the_facts_of_the_vocabulary(world: World) -> None:
    for station in (LGWAN, REGISTRY):
        with world.open(station) as opened:
            entries = [events.parse(each, station) for each in opened.log.entries()]
        assert len(entries) > 5
        for entry in entries:
            assert entry.facts.keys() <= CARRIES[entry.event], entry.event


def test_nothing_found_is_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--reason", "NO_SUCH"], ["--day", "2026-01-01"], ["--medium", "\u9ad9"]):
        assert show(world, "--lang", "en", "audit", "show", *words) == 0
        assert capsys.readouterr().out == "No log that is at hand has such an entry.\n"


def test_older_ones_are_named(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(world, "--lang", "en", "audit", "show", "--last", "1") == 0
    out = capsys.readouterr().out
    assert out.count("Older ones are not listed") == 2
    assert out.count(" #") == 2
    assert f"{REGISTRY} #" in out


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "9999-12-31", "0001-01-01", "2026-1-1"])
def test_a_day_has_to_be_one(world: World, day: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = show(world, "--lang", "en", "audit", "show", "--day", day)
    assert (code, "Traceback" in capsys.readouterr().err) in {(2, False), (0, False)}
    assert code == 2 or day in {"0001-01-01", "9999-12-31"}


def test_an_unknown_bundle_is_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(world, "--json", "audit", "show", "--bundle", "zz") == 2
    assert json.loads(capsys.readouterr().out)["reason"] == "BUNDLE_UNKNOWN"
