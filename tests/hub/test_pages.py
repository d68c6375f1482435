"""The operators' pages: what they say, in both languages, and what a browser may do with them."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from report.test_html import Page

from mediabridge import __version__
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.config import HUB_FAULT_REPORTS, HUB_PAGE_ROWS
from mediabridge.hub import exchange, usage
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Database
from mediabridge.hub.hub import Hub
from mediabridge.hub.keeping import purge
from mediabridge.hub.pages import drawing
from mediabridge.hub.pages.answering import HEADERS, accepted
from mediabridge.hub.pages.content import PAGES, Asked
from mediabridge.hub.settings import Keep, load
from mediabridge.line import api
from mediabridge.locale import Language, speaking, text, translate
from tests.hub import town
from tests.hub.conftest import settings_file
from tests.hub.test_keeping import arrive

CITY = "city.training.example"
LANGUAGES = pytest.mark.parametrize("chosen", Language)
HOSTILE = '\u202e"><script>alert(1)</script>\x1b[2J'
SEEN_OF_IT = "\\u202e&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[2J"
Answer = tuple[int, http.client.HTTPMessage, str]


def get(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request(method, path, headers=given)
    answer = line.getresponse()
    content = answer.read().decode()
    line.close()
    return answer.status, answer.headers, content


def found(content: str) -> Page:
    page = Page(re.sub("<(meta|link|input)([^>]*)>", r"<\1\2/>", content))
    assert page.open == []
    return page


def leads_to(content: str, path: str) -> set[str]:
    """Return the places to which the page at *path* leads."""
    links = found(content).values("href")
    return {urllib.parse.urljoin(path, link).partition("#")[0] for link in links}


@pytest.fixture
def hub(made: town.Town, database: Database, tmp_path: Path) -> Hub:
    place = f'adapter = "sqlite"\npath = "{tmp_path / "other.db"}"'
    return Hub(load(settings_file(made, tmp_path, place)), database, SystemClock())


def shown(
    hub: Hub, name: str, now: datetime, chosen: Language = Language.EN, **more: Any
) -> str:  # fmt: skip
    asked = Asked(hub, now, **more)
    with speaking(chosen):
        return drawing.html(name, PAGES[name][1](asked), asked)


WANTED = {
    "": ["7.8.9"],
    "stations": [CITY, "lgwan-02", "7.8.9"],
    "silent": ["lgwan-03"],
    "unfetched": [],
    "unanswered": [],
    "usage": ["<svg ", "<desc "],
    "faults": ["CLOCK (4), DISK (1)", "debian-13", "3.13"],
}


@LANGUAGES
@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_what_was_done_in_both_languages(
    used: int, name: str, chosen: Language
) -> None:
    status, headers, content = get(used, f"/{chosen}/{name}")
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    with speaking(chosen):
        heading, never = translate(PAGES[name][0]), text("never here")
    other = next(each for each in Language if each != chosen)
    assert f'<html lang="{chosen}">' in content
    assert f"<h1>{heading}</h1>" in content
    assert f'href="../{other}/{name}"' in content
    assert [each for each in WANTED[name] if each not in content] == []
    assert name != "stations" or never in content
    assert "&lt;script&gt;" not in content
    places = leads_to(content, f"/{chosen}/{name}")
    assert {f"/{each}/{name}" for each in Language} <= places
    assert {get(used, place)[0] for place in places} == {200}


def test_a_browser_may_do_nothing_but_show_a_page(used: int) -> None:
    asked = ["/en/", "/pages.css", "/en/none", "/none", "/en/a/b", "/en/usage?page=0", "/xx/"]
    for path in asked:
        status, headers, content = get(used, path)
        assert status == (200 if path in asked[:2] else 404)
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert {name: headers[name] for name in HEADERS} == HEADERS
        assert "<script" not in content
        assert not re.search(r"\son[a-z]+=|\sstyle=|\ssrc=", content)
        if path.endswith("css"):
            continue
        assert {get(used, place)[0] for place in leads_to(content, path) - {path}} == {200}
    assert get(used, "/en/", "POST")[0] == 405


def test_pages_are_told_only_to_who_asks_under_a_name_of_theirs(used: int) -> None:
    assert get(used, "/en/", Host="localhost:1")[0] == 200
    status, headers, content = get(used, "/en/stations", Host="somebody.example")
    assert status == 421
    assert headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert CITY not in content


def test_the_first_page_is_in_the_language_that_is_asked_for(used: int) -> None:
    for header, wanted in (("en-US,ja;q=0.5", "en/"), ("ja", "ja/"), ("fr", "ja/")):
        status, headers, _ = get(used, "/", Accept_Language=header)
        assert (status, headers["Location"], headers["Vary"]) == (303, wanted, "Accept-Language")
    assert accepted("en;q=x, ja;q=0.1") is Language.JA
    assert accepted("ja;q=0.2, en;q=0.3") is Language.EN


def test_machines_are_answered_as_before(used: int) -> None:
    status, headers, content = get(used, "/healthz", Host="probe.example")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert "mediabridge_hub_cities 1.0" in get(used, "/metrics", Host="probe.example")[2]
    assert content


@LANGUAGES
def test_what_comes_from_outside_is_shown_and_steers_nothing(
    hub: Hub, database: Database, ends: tuple[Caller, Caller], now: datetime, chosen: Language
) -> None:
    usage.asked(database, ends[0], HOSTILE, now)
    for name in ("", "stations"):
        content = shown(hub, name, now, chosen)
        assert SEEN_OF_IT in content
        assert not {"\u202e", "\x1b"} & set(content)
        assert "<script" not in content
    content = shown(hub, "stations", now, chosen, find=HOSTILE)
    assert f'value="{SEEN_OF_IT}"' in content
    assert "<script" not in content


def test_who_is_silent_and_what_lies_there_is_listed_after_a_day(
    made: town.Town, hub: Hub, database: Database, ends: tuple[Caller, Caller], now: datetime
) -> None:
    sender, receiver = ends
    taken, waiting = made.bundle(1), made.bundle(2)
    for sent in (taken, waiting):
        arrive(database, sender, sent, now)
        exchange.complete(database, sender, sent.id, now)
    exchange.take(database, receiver, taken.id, now)
    for each in ends:
        usage.asked(database, each, __version__, now)
    later = now + timedelta(hours=25)
    usage.asked(database, sender, __version__, later)

    assert "<td>lgwan-01</td>" not in shown(hub, "silent", later)
    assert "<td>lgwan-02</td>" in shown(hub, "silent", later)
    assert "<td>lgwan-02</td>" not in shown(hub, "silent", now)
    for name in ("unfetched", "unanswered"):
        assert "The hub cannot see receipts" in shown(hub, name, now)
        assert "<td>lgwan-02</td>" not in shown(hub, name, now)
        assert shown(hub, name, later).count("<td>lgwan-02</td>") == 1
    assert '<td class="number">2</td>' in shown(hub, "unfetched", later)
    # One back from there, and nobody waits for it any more.
    back = made.bundle(1, sender="lgwan-02", receiver="lgwan-01")
    arrive(database, receiver, back, later)
    exchange.complete(database, receiver, back.id, later)
    assert "<td>lgwan-02</td>" not in shown(hub, "unanswered", later)


@LANGUAGES
def test_use_is_drawn_and_listed_by_day_and_route(
    made: town.Town, hub: Hub, ends: tuple[Caller, Caller], now: datetime, chosen: Language
) -> None:
    database = hub.database
    today = now + timedelta(days=40)
    for number, days in enumerate((0, 26, 27, 27), 1):
        sent, at = made.bundle(number), now + timedelta(days=days)
        arrive(database, ends[0], sent, at)
        exchange.complete(database, ends[0], sent.id, at)
    content = shown(hub, "usage", today, chosen)
    route = content.partition('id="way-lgwan-lgwan"')[2]
    assert route.count('<rect class="bar"') == 2
    day = f'<th scope="row">{usage.day_of(at)}</th>'
    (row,) = re.findall(f'{day}\\s*<td class="number">([0-9]+)</td>', route)
    assert row == "2"
    before = shown(hub, "usage", today, chosen, page=2)
    assert before.partition('id="way-lgwan-lgwan"')[2].count('<rect class="bar"') == 1
    assert shown(hub, "usage", today, chosen, page=3).count('<rect class="bar"') == 0


def test_reports_of_faults_are_bounded_and_go_with_their_days(
    hub: Hub, database: Database, ends: tuple[Caller, Caller], now: datetime
) -> None:
    report = api.FaultReport.model_validate_json(api.FaultReport(**town.REPORT).model_dump_json())
    for _ in range(HUB_FAULT_REPORTS + 3):
        usage.report(database, ends[0], report, now)
    usage.report(database, ends[1], report, now)
    content = shown(hub, "faults", now)
    assert f"Reports that are kept: {HUB_FAULT_REPORTS + 1}" in content
    assert content.count("CLOCK (4), DISK (1)") == HUB_PAGE_ROWS
    purge(database, Keep(known=400), now + timedelta(days=401))
    content = shown(hub, "faults", now)
    assert "Reports that are kept: 0" in content
    assert "CLOCK" not in content
    with database.transaction() as session:
        assert session.rows("SELECT count(*) FROM fault_code") == [(0,)]


def test_a_hub_of_1892_offices_has_pages_of_one_size(
    hub: Hub, database: Database, ends: tuple[Caller, Caller], now: datetime
) -> None:
    city = ends[0].city
    (station,) = (each for each in city.callers if each.id == "lgwan-01")
    domains = [f"c{number:04}.training.example" for number in range(1892)]
    for domain in domains:
        trust = city.trust.model_copy(update={"city": domain, "stations": (station,)})
        hub.cities._by_domain[domain] = replace(city, trust=trust)
    del hub.cities._by_domain[city.trust.city]
    at = to_rfc3339(now - timedelta(days=2))
    with database.transaction() as session:
        for domain in domains:
            values = (domain, "lgwan-01", at, f"1.{domain}")
            session.run("INSERT INTO caller VALUES (?, ?, ?, ?)", *values)
            session.run(
                "INSERT INTO route VALUES (?, 'lgwan-01', 'x', ?, ?, ?)", domain, at, at, at
            )
    for name in PAGES:
        assert len(shown(hub, name, now, Language.JA)) < 100_000
    pages = -(-len(domains) // HUB_PAGE_ROWS)
    for name in ("stations", "silent", "unanswered"):
        every = "".join(shown(hub, name, now, page=page) for page in range(1, pages + 1))
        assert re.findall('<th scope="row">(c[0-9]{4}.training.example)</th>', every) == domains
    assert ">1,892<" in shown(hub, "", now)
    one = shown(hub, "silent", now, find="c1891")
    assert one.count('<th scope="row">') == 1
