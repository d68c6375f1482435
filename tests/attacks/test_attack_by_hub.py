"""Attacker A9: whoever keeps the hub, or stands between, and lies to the stations."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import World, copy_of, make_world, scratch, tree_of
from line.hubs import Kept, served
from line.over import AGENCY, LGWAN, Line

from mediabridge import errors
from mediabridge.bundle import layout
from mediabridge.config import LIMITS
from mediabridge.line import api
from mediabridge.stations.books import BundleState
from mediabridge.stations.line.syncing import Synced
from mediabridge.translog.events import Event


@pytest.fixture(scope="module")
def pristine() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root), agency=True)


@pytest.fixture
def line(pristine: World) -> Iterator[Line]:
    with scratch() as root, served() as there:
        yield Line(copy_of(pristine, Path(root) / "world"), there)


def sent(line: Line) -> Kept:
    """Have the agency send three notices; return what the hub has of them."""
    line.collect(AGENCY)
    line.sync(AGENCY)
    (kept,) = line.hub.kept.values()
    return kept


def reasons(done: Synced) -> list[str]:
    return [error.reason for error in done.problems]


def nothing_taken(line: Line) -> bool:
    applied = line.count(LGWAN, Event.BUNDLE_APPLIED)
    return not applied and not list(line.world.home(LGWAN).delivered.iterdir())


def saying(change: Callable[[dict[str, Any]], object]) -> Callable[[str, str, bytes], bytes]:
    """Return a lie: the list of what waits, with *change* made to each bundle in it."""

    def lie(_method: str, path: str, answer: bytes) -> bytes:
        if path != api.WAITING:
            return answer
        document = json.loads(answer)
        for each in document["bundles"]:
            change(each)
        return json.dumps(document).encode()

    return lie


def spoil(kept: Kept, name: str, *, and_say_so: bool = False) -> None:
    """Change a byte of a file; with *and_say_so* the hub's own list says what it is by now."""
    kept.content[name][-1] ^= 1
    if and_say_so:
        digest = hashlib.sha256(kept.content[name]).hexdigest()
        files = tuple(
            file.model_copy(update={"sha256": digest}) if file.name == name else file
            for file in kept.announced.files
        )
        kept.announced = kept.announced.model_copy(update={"files": files})


@pytest.mark.parametrize("says_so", [False, True])
@pytest.mark.parametrize("name", [layout.part_name(0), layout.HEADER, layout.STATION_SIGNATURE])
def test_a_hub_that_changes_a_bundle_is_found_out(line: Line, name: str, *, says_so: bool) -> None:
    """Claim C135."""
    kept = sent(line)
    spoil(kept, name, and_say_so=says_so)
    done = line.sync(LGWAN)
    assert len(reasons(done)) == 1
    assert ("LINE_UNTRUE" in reasons(done)) is not says_so
    assert nothing_taken(line)
    # An honest one later: nothing that was spoilt is in the way of what is right.
    spoil(kept, name, and_say_so=says_so)
    assert [taken.seq for taken in line.sync(LGWAN).fetched.taken] == [1]


def file_of(kept: Kept, name: str) -> api.File:
    content = kept.content[name]
    return api.File(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def test_a_hub_that_withholds_a_bundle_is_found_out_by_both(line: Line) -> None:
    """Claim C136: the receiver misses its number, the sender its receipt."""
    withheld = sent(line)
    line.collect(AGENCY, isa_csv((4, 4)))
    line.sync(AGENCY)
    withheld.state = "taken"
    done = line.sync(LGWAN)
    assert [error.facts["missing"] for error in done.fetched.early] == ["1"]
    with line.world.lgwan() as lgwan:
        (told,) = lgwan.status().attention
        assert told.reason == "BUNDLE_PARKED"
    with line.world.agency() as agency:
        assert agency.status().outstanding == 2
    assert nothing_taken(line)


def test_a_hub_that_reorders_changes_no_order(line: Line) -> None:
    """Claim C137: numbers are in what is signed, and what the hub says of them is not asked."""
    for number in (1, 2, 3):
        line.collect(AGENCY, isa_csv((number, number)))
        line.sync(AGENCY)

    def backwards(_method: str, path: str, answer: bytes) -> bytes:
        if path != api.WAITING:
            return answer
        document = json.loads(answer)
        there = document["bundles"][::-1]
        numbers = [each["seq"] for each in document["bundles"]]
        for each, number in zip(there, numbers, strict=True):
            each["seq"] = number
        return json.dumps({**document, "bundles": there}).encode()

    line.hub.lie = backwards
    taken = [each.seq for _ in range(3) for each in line.sync(LGWAN).fetched.taken]
    assert taken == [1, 2, 3]


def test_a_hub_that_replays_a_bundle_has_nothing_taken_twice(line: Line) -> None:
    """Claim C138: also where it says that it is another one."""
    kept = sent(line)
    line.sync(LGWAN)
    waiting = line.waiting(LGWAN)
    kept.state = "complete"
    line.hub.requests.clear()
    assert line.sync(LGWAN).fetched.taken == []
    assert not [path for _method, path, _size in line.hub.requests if "/files/" in path]
    kept.state = "complete"
    other = "0" * 32
    kept.announced = kept.announced.model_copy(update={"bundle": other})
    line.hub.kept[other] = kept
    assert line.sync(LGWAN).fetched.taken == []
    assert line.waiting(LGWAN) == waiting
    assert line.count(LGWAN, Event.BUNDLE_APPLIED) == 1


def test_a_hub_that_makes_up_a_bundle_is_refused(line: Line) -> None:
    """Claim C139: it has no key of a station, so it can only sign as nobody."""
    kept = sent(line)
    header = json.loads(bytes(kept.content[layout.HEADER]))
    header["created"] = header["not_after"]
    kept.content[layout.HEADER] = bytearray(json.dumps(header, separators=(",", ":")).encode())
    sums = bytes(kept.content[layout.SUMS]).decode().splitlines()
    digest = hashlib.sha256(kept.content[layout.HEADER]).hexdigest()
    fixed = [digest + each[64:] if each.endswith(layout.HEADER) else each for each in sums]
    kept.content[layout.SUMS] = bytearray(("\n".join(fixed) + "\n").encode())
    files = tuple(file_of(kept, each.name) for each in kept.announced.files)
    kept.announced = kept.announced.model_copy(update={"files": files})
    done = line.sync(LGWAN)
    assert reasons(done) == ["SIGNATURE_INVALID"]
    assert nothing_taken(line)


def test_a_hub_that_shows_a_station_what_is_anothers_is_found_out(line: Line) -> None:
    """Claim C140: what it says of the receiver is compared, and so is what is signed."""
    kept = sent(line)
    line.hub.lie = saying(lambda each: each.update(receiver="lgwan-02"))
    done = line.sync(LGWAN)
    assert reasons(done) == ["LINE_UNTRUE"]
    assert line.spool(LGWAN) == []
    # Now it hides that: the bundle itself says whose it is.
    kept.announced = kept.announced.model_copy(update={"receiver": "lgwan-02"})
    line.hub.lie = lambda _method, _path, answer: answer
    done = line.sync("lgwan-02")
    assert len(done.problems) == 1
    assert isinstance(done.problems[0], errors.BundleError | errors.MediumError)
    assert not list(line.world.home("lgwan-02").delivered.iterdir())


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each.update(sums_sha256="0" * 64),
        lambda each: each.update(state="arriving"),
        lambda each: each.update(bundle="0" * 32),
    ],
)
def test_a_hub_that_says_it_has_what_it_has_not_is_not_believed(
    line: Line, change: Callable[[dict[str, Any]], object]
) -> None:
    """Claim C141: then nothing counts as written."""

    def lie(_method: str, path: str, answer: bytes) -> bytes:
        if not path.endswith("/complete"):
            return answer
        document = json.loads(answer)
        change(document)
        return json.dumps(document).encode()

    line.hub.lie = lie
    line.collect(AGENCY)
    done = line.sync(AGENCY)
    assert reasons(done) == ["LINE_UNTRUE"]
    assert done.sent.written == []
    with line.world.agency() as agency:
        assert [row.seq for row in agency.books.bundles_in(BundleState.APPROVED)] == [1]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"{" * 100_000,
        b'{"bundles": [], "next": "../x:1"}',
        b'{"bundles": [], "next": "agency-01:1"}',
        b'{"bundles": [], "next": null, "more": 1}',
        b" " * (5 << 20),
    ],
    ids=["nothing", "list", "deep", "path", "endless", "member", "long"],
)
def test_an_answer_that_is_none_is_refused(
    line: Line, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C142."""
    monkeypatch.setattr("mediabridge.line.client.LINE_PAGES", 5)
    line.hub.lie = lambda _method, path, truth: answer if path == api.WAITING else truth
    assert reasons(line.sync(LGWAN)) == ["LINE_UNTRUE"]
    assert line.spool(LGWAN) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda each: each.update(bundle="../../etc"), "LINE_UNTRUE"),
        (lambda each: each["files"][0].update(name="../header.json"), "LINE_UNTRUE"),
        (lambda each: each["files"][-1].update(size=2**39), "LINE_UNTRUE"),
        (lambda each: each["files"][0].update(size=each["files"][0]["size"] + 9), "LINE_UNTRUE"),
    ],
    ids=["folder", "file", "huge", "longer"],
)
def test_names_and_sizes_are_bounded_before_anything_is_written(
    line: Line, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    """Claim C142."""
    sent(line)
    line.hub.lie = saying(change)
    assert reasons(line.sync(LGWAN)) == [reason]
    root = line.world.home(LGWAN).line
    assert all(path.is_relative_to(root) for path in root.rglob("*"))
    assert not [path for path in line.spool(LGWAN) if not path.endswith(".partial")]
    assert nothing_taken(line)


Offered = dict[str, bytes]


def changed_target(offered: Offered) -> None:
    for name in filter(re.compile("targets/").match, list(offered)):
        offered[name] = offered[name].replace(b'"approvals":1', b'"approvals":0')


def one_signature(offered: Offered) -> None:
    document = json.loads(offered["metadata/2.targets.json"])
    document["signatures"].pop()
    offered["metadata/2.targets.json"] = json.dumps(document).encode()


def nothing_behind_it(offered: Offered) -> None:
    for name in set(offered) - {"metadata/timestamp.json"}:
        del offered[name]


def no_metadata(offered: Offered) -> None:
    offered["metadata/timestamp.json"] = b"{}"


def of_another_role(offered: Offered) -> None:
    offered["metadata/timestamp.json"] = offered["metadata/2.snapshot.json"]


def nested(offered: Offered) -> None:
    offered["metadata/2.snapshot.json"] = b"[" * 5000 + b"]" * 5000


def name_that_leads_out(offered: Offered) -> None:
    document = json.loads(offered["metadata/2.targets.json"])
    document["signed"]["targets"]["trust.json"]["hashes"]["sha256"] = "../../../out"
    offered["metadata/2.targets.json"] = json.dumps(document).encode()
    offered["targets/../../../out.trust.json"] = b"out"


def longer_than_a_file_may_be(offered: Offered) -> None:
    offered["metadata/2.snapshot.json"] = b" " * (LIMITS.trust_file_bytes + 1)


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        (changed_target, "TRUST_INVALID"),
        (one_signature, "TRUST_INVALID"),
        (nothing_behind_it, "LINE_UNTRUE"),
        (no_metadata, "LINE_UNTRUE"),
        (of_another_role, "LINE_UNTRUE"),
        (nested, "LINE_UNTRUE"),
        (name_that_leads_out, "LINE_UNTRUE"),
        (longer_than_a_file_may_be, "LINE_UNTRUE"),
    ],
)
def test_trust_data_that_a_hub_made_up_changes_nothing_and_keeps_no_bundle(
    line: Line, lie: Callable[[Offered], None], reason: str
) -> None:
    """Claim C143."""
    sent(line)
    line.world.publish(2)
    line.hub.trust = trust_files(line)
    lie(line.hub.trust)
    with line.world.lgwan() as lgwan:
        before = tree_of(lgwan.trust_copy)
    done = line.sync(LGWAN)
    assert reasons(done) == [reason]
    assert done.fetched.trust is None
    with line.world.lgwan() as lgwan:
        assert tree_of(lgwan.trust_copy) == before
    assert [taken.seq for taken in done.fetched.taken] == [1]
    assert not list(line.world.root.rglob("out*.trust.json"))


def test_older_trust_data_of_a_hub_changes_nothing(line: Line) -> None:
    """Claim C143: a hub that has not heard of the newest version is no liar, and teaches none."""
    line.hub.trust = trust_files(line)
    line.world.publish(2)
    newest = trust_files(line)
    older, line.hub.trust = line.hub.trust, newest
    assert line.sync(LGWAN).fetched.trust == 2
    line.hub.trust = older
    assert line.sync(LGWAN).is_empty
    # Of two halves the newer one does not carry the older one.
    line.world.publish(3)
    behind = {"metadata/timestamp.json": older["metadata/timestamp.json"]}
    line.hub.trust = {**trust_files(line), **behind}
    assert line.sync(LGWAN).fetched.trust is None
    with line.world.lgwan() as lgwan:
        assert lgwan.trust.version == 2


def trust_files(line: Line) -> Offered:
    repository = line.world.city.repository
    files = (path for path in repository.glob("*/*") if path.is_file())
    return {path.relative_to(repository).as_posix(): path.read_bytes() for path in files}
