"""A number is missing: what came early says on which medium its sender wrote it, and what to do."""

from __future__ import annotations

import json

import pytest
from attacks.records import isa_csv
from attacks.world import World
from stations.days import Day
from stations.sticks import Stick
from stations.test_parking import kept, refused_early
from stations.test_setback import clear_stick, evening
from stations.test_voiding import REGISTRY, lose, put_back, rewrite, void

from mediabridge import errors
from mediabridge.bundle.header import Header, parse_header
from mediabridge.cli._app import run
from mediabridge.translog.events import Event


def header_on(world: World) -> Header:
    return parse_header((world.bundle / "header.json").read_bytes())


def headers_at(day: Day, name: str = "lgwan-01") -> dict[int, Header]:
    """Return the headers in the outbox of a station, by number."""
    outbox = day.world.home(name).outbox
    found = [parse_header((each / "header.json").read_bytes()) for each in outbox.iterdir()]
    return {header.seq: header for header in found}


def arrive(day: Day, stick: Stick) -> errors.BundleParkedError:
    with day.at(REGISTRY) as station, pytest.raises(errors.BundleParkedError) as early:
        station.import_(stick, note=lambda _taken: None)
    return early.value


def test_stick_of_the_missing_number_is_named(day: Day) -> None:
    """Claim C15. What names it is signed, and nothing of the early bundle was opened."""
    day.write(day.pack(content=isa_csv((1, 1))), day.stick(1))
    second = day.stick(2)
    day.write(day.pack(content=isa_csv((2, 2))), second)
    where = arrive(day, second).facts["where"]
    assert where.startswith("Number 1 was written to: medium USB-001 (20")
    assert where.endswith("have lgwan-01 enter it: mediabridge media lost USB-001.")
    assert day.entries(REGISTRY, Event.BUNDLE_OPENED) == []
    with day.at(REGISTRY) as station:
        status = station.status()
    assert [(each.sender, each.seq, each.media) for each in status.awaited] == [
        ("lgwan-01", 1, ["USB-001"])
    ]
    assert [each.facts["where"] for each in status.attention] == [where]
    assert status.as_dict()["awaited"] == [{"sender": "lgwan-01", "seq": 1, "media": ["USB-001"]}]


def test_copies_on_two_sticks_are_both_named(day: Day) -> None:
    first = day.pack(content=isa_csv((1, 1)))
    for number in (1, 2):
        day.write(first, day.stick(number))
    third = day.stick(3)
    day.write(day.pack(content=isa_csv((2, 2))), third)
    where = arrive(day, third).facts["where"]
    assert where.index("USB-001") < where.index("USB-002") < where.index("Look for")


def test_what_was_not_written_yet_is_called_that(day: Day) -> None:
    first = day.pack(content=isa_csv((1, 1)))
    stick = day.stick(1)
    day.write(day.pack(content=isa_csv((2, 2))), stick)
    where = arrive(day, stick).facts["where"]
    assert where == (
        "When number 2 was sealed, number 1 had not been written to any medium."
        " Ask lgwan-01 where it is."
    )
    day.write(first, stick)
    taken = []
    with day.at(REGISTRY) as station:
        station.import_(stick, note=taken.append)
    assert [each.seq for each in taken] == [1, 2]


def test_copy_that_was_erased_is_none(day: Day) -> None:
    first, stick = day.pack(content=isa_csv((1, 1))), day.stick(1)
    day.write(first, stick)
    with day.at("lgwan-01") as station, station.books.transaction():
        station.books.media.erase_carriage(first, "USB-001", station.now())
    day.seal(content=isa_csv((2, 2)))
    (earlier,) = headers_at(day)[2].outstanding
    assert (earlier.seq, earlier.copies) == (1, ())


def test_route_without_registered_media_says_so(world: World) -> None:
    world.send(isa_csv((1, 1)))
    lose(world)
    world.send(isa_csv((2, 2)))
    where = refused_early(world).facts["where"]
    assert where.startswith("Number 1 was written to: no registered medium (20")
    assert where.endswith("Ask lgwan-01 where it is.")


def test_first_bundle_and_answered_ones_name_nothing(world: World) -> None:
    world.send(isa_csv((1, 1)))
    assert header_on(world).outstanding == ()
    world.import_()
    clear_stick(world)
    evening(world)
    clear_stick(world)
    world.send(isa_csv((2, 2)))
    assert header_on(world).outstanding == ()


def test_void_number_is_not_outstanding(world: World) -> None:
    world.send(isa_csv((1, 1)))
    lose(world)
    void(world, 1)
    world.send(isa_csv((2, 2)))
    assert header_on(world).outstanding == ()


def test_changed_header_is_not_believed(world: World) -> None:
    """Claim C15. Whoever has the stick could send somebody to look for another one."""
    world.send(isa_csv((1, 1)))
    lose(world)
    world.send(isa_csv((2, 2)))
    path = world.bundle / "header.json"
    plain = path.read_bytes()
    path.write_bytes(plain.replace(b'"medium":null', b'"medium":"USB-999"'))
    assert path.read_bytes() != plain
    with pytest.raises(errors.HashMismatchError):
        world.import_()
    assert kept(world) == []
    with world.registry() as station:
        assert station.status().awaited == []


def test_kept_bundles_add_up_and_the_gap_closes(world: World) -> None:
    world.send(isa_csv((1, 1)))
    first = lose(world)
    world.send(isa_csv((2, 2)))
    second = lose(world)
    # The third is sealed after the first was written a second time.
    rewrite(world, 1)
    clear_stick(world)
    world.send(isa_csv((3, 3)))
    told = refused_early(world)
    assert told.facts["missing"] == "1-2"
    assert "Number 1 was written to" in told.facts["where"]
    assert "Number 2 was written to" in told.facts["where"]
    put_back(world, second)
    assert "Number 2" not in refused_early(world).facts["where"]
    put_back(world, first)
    assert [taken.seq for taken in world.import_()] == [1, 2, 3]
    with world.registry() as station:
        assert station.status().awaited == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Number 1 was written to: medium USB-001 (", "media lost USB-001")),
        ("ja", ("第 1 号の書き込み先: 媒体 USB-001 (", "media lost USB-001")),
    ],
)
def test_clerk_reads_it_at_the_stick_and_in_the_status(
    day: Day, capsys: pytest.CaptureFixture[str], language: str, said: tuple[str, ...]
) -> None:
    day.write(day.pack(content=isa_csv((1, 1))), day.stick(1))
    second = day.stick(2)
    day.write(day.pack(content=isa_csv((2, 2))), second)
    arrive(day, second)
    home = ["--home", str(day.world.home(REGISTRY).root)]
    capsys.readouterr()
    assert run([*home, "--lang", language, "status"]) == 11
    shown = capsys.readouterr().out
    assert all(each in shown for each in said)
    assert run([*home, "--json", "status"]) == 11
    assert json.loads(capsys.readouterr().out)["data"]["awaited"][0]["media"] == ["USB-001"]
