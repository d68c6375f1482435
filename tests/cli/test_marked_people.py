"""Marked people go every way there is; afterwards their marks are looked for everywhere.

What was said of a person may stand where the threat model says that it stands: in the registry,
in the plain files of a station that its page lists, and on the screens in :data:`SHOWING`. Nowhere
else: no log, no receipt, no book, no error, no report, no name of a file, nothing on a stick and
nothing in a backup or an auditor's pack.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from attacks.world import World, as_medium
from cli import marking
from cli.marking import marked
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station
from mediabridge.clock import SystemClock
from mediabridge.stations.registry import RegistryStation

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
PEOPLE = range(6)
KNOWN = (0, 1, 2, 3)
"""Whom the register has from the beginning."""

SHOWING = {
    "collect": "what is wrong in a file, to whoever gave it; never with --json, nor in the report",
    "held show": "a notice beside the record it may be about: whoever decides has to see both",
    "lookup": "the record with a card, at the counter",
    "explain": "what one record changed, old beside new",
    "population show": "a finding beside the record: whoever decides has to see both",
}
"""The only commands that may show what is said of a person, and why.

At a terminal ``held resolve`` and ``population apply`` show before they ask what ``held show``
and ``population show`` do; without one, as here, they show nobody.
"""

PLAIN = (
    "registry-01/registry.db",
    "*-01/inbox/*.csv",
    "*-01/refused/*.csv",
    "*-01/refused/*.xml",
    "*-01/refused/*.changed",
    "*-01/delivered/*/*.csv",
    "given/*",
)
"""Where the threat model says that plain text lies (what is not protected); ``given`` is ours."""


SCREEN_ALONE = {"collect"}
"""Of these, those of which only the screen may: no ``--json``, which machines keep."""


class Said(NamedTuple):
    """What one command printed."""

    words: str
    screen: bool
    """Whether it was for a person, and not ``--json``."""
    text: bytes

    def may_show(self) -> bool:
        """Tell whether it may show what is said of a person."""
        commands = {each for each in SHOWING if self.words.startswith(each)}
        return bool(commands - (set() if self.screen else SCREEN_ALONE))


@dataclass
class Told:
    """Gives commands at the stations of a world, and keeps what they print."""

    world: World
    capsys: pytest.CaptureFixture[str]
    said: list[Said] = field(default_factory=list)

    def call(self, at: str, *words: str, screen: bool = False, code: int | None = 0) -> str:
        """Carry out a command; return what it printed."""
        form = ("--lang", "ja") if screen else ("--json",)
        self.capsys.readouterr()
        got = run(["--home", str(self.world.home(at).root), *form, *words])
        out, err = self.capsys.readouterr()
        self.said.append(Said(" ".join(words), screen, f"{out}\n{err}".encode()))
        assert code in (got, None), (words, out, err)
        return out

    def data(self, at: str, *words: str) -> Any:
        """Carry out a command; return the data of its JSON."""
        return json.loads(self.call(at, *words).splitlines()[-1])["data"]

    def look(self, at: str, *words: str, code: int | None = 0) -> None:
        """Carry out a command that may be given twice, for machines and for a person."""
        for screen in (False, True):
            self.call(at, *words, screen=screen, code=code)

    def leaks(self, marks: Mapping[bytes, str]) -> dict[str, set[str]]:
        """Return which marks were printed by what may show nobody, by its words."""
        hidden = [each for each in self.said if not each.may_show()]
        return {each.words: told for each in hidden if (told := marking.found(marks, each.text))}


@pytest.fixture
def told(day: Day, capsys: pytest.CaptureFixture[str]) -> Told:
    home = day.world.home(REGISTRY).root
    for path in home.glob("registry.db*"):
        path.unlink()
    with open_station(Context(home)) as station:
        assert isinstance(station, RegistryStation)
        station.registry.load_population(marking.register(KNOWN))
    return Told(day.world, capsys)


def give(world: World, name: str, content: bytes) -> str:
    """Put a file where a clerk has it from elsewhere."""
    path = world.root / "given" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return str(path)


def officer(world: World, name: str) -> tuple[str, ...]:
    return ("--key", str(world.city.key_path(name)), "--passphrase-file",
            str(world.city.folder / "passphrase.training"), "--yes")  # fmt: skip


def send(told: Told, at: str, *officers: str) -> None:
    told.call(at, "seal")
    for each in officers:
        told.call(at, "approve", *officer(told.world, each))
    told.call(at, "write", *as_medium(told.world.medium))


def take(told: Told, at: str, *, code: int = 0) -> None:
    told.call(at, "import", *as_medium(told.world.medium), code=code)


def refuse(told: Told, at: str, name: str, content: bytes, *faults: str) -> None:
    """Give a station the file with each of *faults* in it, or with each that there is."""
    for fault, wrong in marking.broken(content):
        if fault in faults or not faults:
            path = give(told.world, f"{name}-{fault}.csv", wrong)
            told.look(at, "collect", path, code=None)


def refusals(told: Told) -> None:
    refuse(told, LGWAN, "isa", marking.notices({1: 0, 2: 1}))
    refuse(told, LGWAN, "population", marking.extract(KNOWN), "birth_date", "cut", "twice")
    refuse(told, REGISTRY, "moves", marking.moves({3: 0, 4: 1}), "name_kanji", "quote")


def notices(told: Told) -> None:
    """Carry notices: some applied, some held by another name, an unknown card, another date."""
    other = marked(5)
    for name, content in {
        "plain": marking.notices({1: 0, 2: 1}),
        "nobody": marking.notices({3: 4}),
        "renamed": marking.notices({4: 2}, name_roman=other["name_roman"]),
        "born": marking.notices({5: 3}, birth_date=other["birth_date"]),
    }.items():
        told.call(LGWAN, "collect", give(told.world, f"isa-{name}.csv", content))
    send(told, LGWAN, "officer-1")
    take(told, REGISTRY)


def decisions(told: Told) -> None:
    """Look at what is held, and decide; once with something that is not possible."""
    told.look(REGISTRY, "held", "list")
    waiting = ["N-0003", "N-0004", "N-0005"]
    for record in waiting:
        told.look(REGISTRY, "held", "show", record)
    seen = told.data(REGISTRY, "held", "show", "N-0003")["version"]
    decide = ("held", "resolve", "N-0003", "--operator", "clerk-1", "--seen", seen)
    told.look(REGISTRY, *decide, "--decision", "applied", code=None)
    told.call(REGISTRY, *decide, "--decision", "not_found")
    told.look(REGISTRY, *decide, "--decision", "not_found", code=None)


def at_the_counter(told: Told) -> None:
    for card in (marked(0)["card_number"], marked(4)["card_number"], "nonsense"):
        told.look(REGISTRY, "lookup", card, "--operator", "clerk-1", code=None)
        told.look(REGISTRY, "lookup", card, "--asked", code=None)


def populations(told: Told) -> None:
    content = marking.extract((0, 1, 5), name_roman="QVARKM CHANGED")
    told.call(LGWAN, "collect", give(told.world, "extract.csv", content))
    send(told, LGWAN, "officer-1", "officer-2")
    take(told, REGISTRY)
    told.look(REGISTRY, "population", "list")
    told.look(REGISTRY, "population", "show")
    told.look(REGISTRY, "population", "apply", "--kind", "missing", code=None)
    told.look(REGISTRY, "population", "reject", "--kind", "different", code=None)


def home_again(told: Told) -> None:
    """Carry the city's own notices, the receipts and the decisions."""
    told.call(REGISTRY, "collect", give(told.world, "moves.csv", marking.moves({1: 0, 2: 1})))
    send(told, REGISTRY, "officer-2")
    take(told, LGWAN)


def reports(told: Told, at: str) -> None:
    """Make what an office files of these days."""
    files = [told.world.root / f"report-{at}.{each}" for each in ("html", "xlsx")]
    today = SystemClock().now().date()
    days = ("--from", str(today - timedelta(days=2)), "--to", str(today + timedelta(days=2)))
    written = ("--html", str(files[0]), "--xlsx", str(files[1]))
    told.call(at, "audit", "report", *days, *written)
    assert all(map(Path.exists, files))
    told.call(at, "media", "export", str(told.world.root / f"media-{at}.csv"))


def looking_back(told: Told) -> None:
    for at in (LGWAN, REGISTRY):
        for words in ("status", "bundles list --all", "outcomes", "media list", "doctor"):
            told.look(at, *words.split(), code=None)
        for bundle in told.data(at, "bundles", "list", "--all")["bundles"]:
            told.look(at, "bundles", "show", bundle["bundle"])
            told.look(at, "audit", "show", "--bundle", bundle["bundle"])
        for record in ("N-0001", "N-0003", "M-0001", "nobody"):
            told.look(at, "explain", record, code=None)
        told.call(at, "audit", "export", str(told.world.root / f"pack-{at}"))
        lines = [f"--{each}={told.world.root / f'{at}.{each}'}" for each in ("ecs", "ocsf")]
        told.call(at, "audit", "export", *lines)
        told.look(at, "audit", "verify", code=None)
        told.look(at, "audit", "show")
        reports(told, at)
        folder = str(told.world.root / f"backup-{at}")
        told.call(at, "station", "backup", "--output", folder, "--operator", "clerk-1")
        told.look(at, "station", "tidy", "--dry-run", code=None)
    told.look(LGWAN, "verify", *as_medium(told.world.medium), code=None)


JOURNEY: tuple[Callable[[Told], None], ...] = (
    refusals, notices, decisions, at_the_counter, populations, home_again, looking_back,
)  # fmt: skip


@pytest.mark.heavy
def test_what_is_said_of_a_person_is_nowhere_else(told: Told) -> None:
    """Claims C42 and C104."""
    for step in JOURNEY:
        step(told)
    marks = marking.spellings(PEOPLE)
    assert told.leaks(marks) == {}
    assert marking.found_below(marks, told.world.root, *PLAIN) == {}
    # They went every way: what may hold them does, so that there was something to find.
    assert marking.found(marks, told.world.home(REGISTRY).registry.read_bytes()) >= {
        f"{name} of {person}" for name in ("card_number", "name_roman") for person in KNOWN
    }
    shown = [each.words for each in told.said if marking.found(marks, each.text)]
    assert {each for each in SHOWING if any(words.startswith(each) for words in shown)} == {
        *SHOWING
    }


PLACES = (
    "lgwan-01/log.db", "registry-01/station.db", "medium/MEDIABRIDGE/note",
    "registry-01/receipts/r.jsonl", "pack/pack.json", "backup/part-0001",
)  # fmt: skip


@pytest.mark.parametrize("name", marked(0))
def test_a_mark_that_was_left_is_found(tmp_path: Path, name: str) -> None:
    """The control: each mark in each spelling, wherever it lies, and in a name."""
    marks, value = marking.spellings([0]), marked(0)[name]
    plain = value.encode()
    spelt = [
        plain, value.encode("utf-16-le"), value.encode("cp932"), plain.hex().encode(),
        json.dumps({"said": value}).encode(), *(b64encode(b"x" * by + plain) for by in range(3)),
    ]  # fmt: skip
    for place in PLACES:
        for each in spelt:
            path = tmp_path / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\0before" + each + b"after\0")
            assert marking.found_below(marks, tmp_path, *PLAIN) == {place: {f"{name} of 0"}}
        path.unlink()
    (tmp_path / f"about {value}").touch()
    assert marking.found_below(marks, tmp_path, *PLAIN) == {f"about {value}": {f"{name} of 0"}}


def test_a_mark_in_a_workbook_or_a_document_is_found(tmp_path: Path) -> None:
    name = marked(0)["name_kanji"]
    with ZipFile(tmp_path / "report.xlsx", "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<si>{name * 9}</si>")
    stream = zlib.compress(name.encode("utf-16-be") * 9)
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7\nstream\n" + stream + b"\nendstream\n")
    assert marking.found_below(marking.spellings([0]), tmp_path) == {
        "report.pdf": {"name_kanji of 0"},
        "report.xlsx": {"name_kanji of 0"},
    }


def test_what_may_hold_marks_is_passed_by_its_place_alone(tmp_path: Path) -> None:
    for place in ("registry-01/registry.db", "lgwan-01/inbox/x.csv", "lgwan-01/inbox/x.json"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(marked(0)["name_kanji"])
    found = marking.found_below(marking.spellings([0]), tmp_path, *PLAIN)
    assert set(found) == {"lgwan-01/inbox/x.json"}


def test_a_screen_that_may_show_nobody_is_searched(told: Told) -> None:
    """The control: what a refusal shows to the clerk would be a leak anywhere else."""
    path = give(told.world, "isa.csv", dict(marking.broken(marking.notices({1: 0})))["name_roman"])
    told.look(LGWAN, "collect", path, code=None)
    marks = marking.spellings([0])
    assert [marking.found(marks, each.text) for each in told.said] == [
        set(), {"name_roman of 0"},
    ]  # fmt: skip
    assert told.leaks(marks) == {}
    told.said[1] = told.said[1]._replace(words="status")
    assert told.leaks(marks) == {"status": {"name_roman of 0"}}
